import { currentReferences } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import { referenceName, type ItemEncoderSet, type ListedRetriever, type RetrieverSet } from '@serendip/retrieval-domain';
import { control } from '@serendip/shared-contracts';

const CHAMPION = 'champion';

/**
 * The item encoders that `champion` points at, then those that it pointed at before: an encoder is for one retriever version, so when that is rolled back the one before is right again. Others encode
 * nothing.
 */
export function liveEncoders({ models, aliases }: control.Tenant): readonly control.ModelVersion[] {
  const champions = aliases.filter(({ alias }) => alias === CHAMPION);
  const named = [...champions.map(({ model, version }) => ({ model, version })), ...champions.map(({ model, previousVersion }) => ({ model, version: previousVersion }))];
  return named.flatMap(({ model, version }) => models.filter(({ name, version: number, kind }) => kind === control.ModelKind.ITEM_ENCODER && name === model && number === version));
}

/** How an encoder stands; `unfit` is one that `champion` points at and that is for no retriever version that anything points at. */
export interface EncoderState {
  readonly tenant: string;
  /** name@version. */
  readonly encoder: string;
  readonly state: 'used' | 'unfit' | 'broken';
  readonly detail: string;
}

interface Sets {
  readonly encoders: Pick<ItemEncoderSet, 'list' | 'failures'>;
  readonly retrievers: Pick<RetrieverSet, 'list'>;
}

/** Of every encoder that encodes items, that should and does not, or that can't be used. */
export function encoderStates({ encoders, retrievers }: Sets, tenants: readonly control.Tenant[]): readonly EncoderState[] {
  const broken = encoders.failures().map(({ reference, error }): EncoderState => (
    { tenant: reference.tenant, encoder: referenceName(reference), state: 'broken', detail: `can't be used: ${error instanceof Error ? error.message : String(error)}` }
  ));
  const listed = retrievers.list();
  const loaded = encoders.list().flatMap((each) => {
    const tenant = tenants.find(({ id }) => id === each.reference.tenant);
    return (tenant && stateOf(tenant, each, listed.filter(({ reference }) => reference.tenant === tenant.id))) ?? [];
  });
  return [...loaded, ...broken];
}

function stateOf(tenant: control.Tenant, { reference, encoder: { retriever, dimension } }: ReturnType<ItemEncoderSet['list']>[number], retrievers: readonly ListedRetriever[]): EncoderState | undefined {
  const encoder = referenceName(reference);
  const pointedAt = new Set(currentReferences(tenant));
  const serving = retrievers.filter((each) => pointedAt.has(referenceName(each.reference)));
  const uses = (each: ListedRetriever): boolean => each.newItems.encodedBy === encoder;
  const isChampion = tenant.aliases.some(({ model, alias, version }) => alias === CHAMPION && model === reference.name && version === reference.version);
  // Another one that is for the same version comes first.
  const isSpare = serving.some((each) => each.reference.digest === retriever.digest && each.newItems.encodedBy !== undefined);
  if (serving.some(uses) || (!isChampion && retrievers.some(uses))) {
    return { tenant: tenant.id, encoder, state: 'used', detail: `encodes items for ${retrievers.filter(uses).map((each) => referenceName(each.reference)).join(', ')}` };
  }
  if (!isChampion || isSpare) return undefined;
  const others = serving.map((each) => referenceName(each.reference)).join(', ') || 'no retriever';
  return { tenant: tenant.id, encoder, state: 'unfit', detail: `fits nothing that serves: it is for ${retriever.name} (${retriever.digest.slice(0, 12)}, ${dimension} values a vector), and ${others} serves; train it for that` };
}

/** Warns of encoders that are for no retriever version that serves, once each time that they come to be so. */
export class UnfitEncoders {
  private known = new Set<string>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  report(states: readonly EncoderState[]): void {
    const unfit = states.filter(({ state }) => state === 'unfit');
    for (const { tenant, encoder, detail } of unfit) if (!this.known.has(`${tenant}/${encoder}`)) this.logger.warn({ tenant, encoder }, `This item encoder ${detail}.`);
    this.known = new Set(unfit.map(({ tenant, encoder }) => `${tenant}/${encoder}`));
  }
}
