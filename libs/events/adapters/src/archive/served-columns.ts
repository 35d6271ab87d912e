import type { ColumnType } from '@serendip/platform-parquet';
import type { events } from '@serendip/shared-contracts';
import { float32sOf, int32sOf } from '@serendip/shared-layouts';

interface ServedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (event: events.Event) => unknown;
}

/** A slate as columns. Row i of `served_features` has the features, in the order of `served_feature_names`, of the i-th of `served_feature_ordinals`. */
export function servedColumns(slateOf: (event: events.Event) => events.Served | undefined): readonly ServedColumn[] {
  const column = (name: string, type: ColumnType, of: (slate: events.Served) => unknown): ServedColumn => ({
    name, type,
    of: (event) => {
      const slate = slateOf(event);
      return slate === undefined ? undefined : of(slate);
    },
  });
  return [
    column('served_recommendation_id', 'text', ({ recommendationId }) => recommendationId),
    column('served_items', { structs: { item_id: 'text', score: 'float', source: 'text', propensity: 'float', explored: 'flag', ordinal: 'int' } }, ({ items }) => items.map(({ itemId, ...rest }) => ({ item_id: itemId, ...rest }))),
    column('served_retriever', 'text', ({ retriever }) => given(retriever)),
    column('served_ranker', 'text', ({ ranker }) => given(ranker)),
    column('served_arms', { structs: { experiment: 'text', arm: 'text' } }, ({ arms }) => arms.map(armOf)),
    column('served_as_of', 'time', ({ asOfMs }) => (asOfMs === 0 ? undefined : asOfMs)),
    column('served_state_position', 'long', ({ statePosition }) => statePosition),
    column('served_seed_items', { list: 'text' }, ({ seedItemIds }) => sampled(seedItemIds)),
    column('served_feature_names', { list: 'text' }, ({ featureNames }) => sampled(featureNames)),
    column('served_feature_ordinals', { list: 'int' }, ({ featureNames, featureOrdinals }) => (featureNames.length === 0 ? undefined : int32sOf(whole(featureOrdinals)))),
    column('served_features', { list: 'float' }, ({ featureNames, features }) => (featureNames.length === 0 ? undefined : float32sOf(whole(features)))),
    column('served_shadow_retriever', 'text', ({ shadow }) => given(shadow?.retriever ?? '')),
    column('served_shadow_ranker', 'text', ({ shadow }) => given(shadow?.ranker ?? '')),
    column('served_shadow_item_ids', { list: 'text' }, ({ shadow }) => shadow?.itemIds),
    column('served_shadow_took_ms', 'double', ({ shadow }) => shadow?.tookMs),
    column('served_shadow_degraded', { list: 'text' }, ({ shadow }) => shadow?.degraded),
  ];
}

/** Four bytes each: what is left over is none. */
export const whole = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - (bytes.length % 4));

const given = (text: string): string | undefined => (text === '' ? undefined : text);
const sampled = (names: readonly string[]): readonly string[] | undefined => (names.length === 0 ? undefined : names);

function armOf(pair: string): { readonly experiment: string; readonly arm: string } {
  const at = pair.indexOf('=');
  return { experiment: pair.slice(0, at), arm: pair.slice(at + 1) };
}
