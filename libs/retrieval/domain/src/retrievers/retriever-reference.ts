/** One retriever version of a tenant, and where it is. */
export interface RetrieverReference {
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
  /** Key prefix of the bundle in the object store. */
  readonly bundle: string;
  /** SHA-256 of the bundle's manifest, hexadecimal. */
  readonly digest: string;
}

/** What of a tenant's configuration says which retrievers are needed; `models` are its retrievers only. */
export interface RetrieverConfig {
  readonly id: string;
  readonly placements: readonly { readonly retriever: string }[];
  readonly splits: readonly { readonly arms: readonly { readonly retriever: string }[] }[];
  readonly models: readonly { readonly name: string; readonly version: number; readonly bundle: string; readonly digest: string }[];
  readonly aliases: readonly { readonly model: string; readonly alias: string; readonly version: number }[];
}

/** `name@version`, as requests name a retriever. */
export const referenceName = ({ name, version }: { readonly name: string; readonly version: number }): string => `${name}@${version}`;

/** The versions that a tenant's aliases, placements and splits name, each once. A name that leads nowhere is passed over: there may be no model yet. */
export function referencedRetrievers({ id, placements, splits, models, aliases }: RetrieverConfig): readonly RetrieverReference[] {
  const versions = new Map(models.map((model) => [referenceName(model), model]));
  const aliased = new Map(aliases.map(({ model, alias, version }) => [`${model}@${alias}`, `${model}@${version}`]));
  const named = [...placements, ...splits.flatMap(({ arms }) => arms)].map(({ retriever }) => aliased.get(retriever) ?? retriever);
  return [...new Set([...aliased.values(), ...named])].flatMap((name) => {
    const model = versions.get(name);
    return model === undefined ? [] : [{ tenant: id, name: model.name, version: model.version, bundle: model.bundle, digest: model.digest }];
  });
}
