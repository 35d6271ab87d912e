/** One version of a tenant's model, and where it is. */
export interface ModelReference {
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
  /** Key prefix of the bundle in the object store. */
  readonly bundle: string;
  /** SHA-256 of the bundle's manifest, hexadecimal. */
  readonly digest: string;
}

/** `name@version`, as requests name a retriever. */
export const referenceName = ({ name, version }: { readonly name: string; readonly version: number }): string => `${name}@${version}`;
