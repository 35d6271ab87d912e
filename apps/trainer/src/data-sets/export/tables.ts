import type { Column } from '@serendip/platform-parquet';
import { recommendationOf } from './attributed.js';
import type { EventRow, ServedRow } from './event-row.js';
import type { ItemOutcomes } from './outcomes.js';

/** One item of a slate, what came of it, and its features. */
export interface Example {
  readonly slate: ServedRow;
  /** Place in the slate, from 0. */
  readonly place: number;
  readonly outcomes: ItemOutcomes;
  /** In the order of the table's names, NaN for those it has not. */
  readonly features: Float32Array;
  /** `served` as the ranker saw them, `replayed` as made again from the archive; undefined for none. */
  readonly featuresFrom: 'served' | 'replayed' | undefined;
}

/** What one person did to one item. */
export interface Interaction {
  readonly event: EventRow;
  readonly itemId: string;
  readonly quantity: number | undefined;
  readonly price: number | undefined;
}

const of = <Row>(name: string, type: Column<Row>['type'], value: (row: Row) => unknown): Column<Row> => ({ name, type, of: value });
const item = ({ slate, place }: Example) => slate.served_items[place]!;

/** Examples by slate and place: who saw what where, the outcomes by type, and a column for each feature. */
export const exampleColumns = (types: readonly string[], features: readonly string[]): readonly Column<Example>[] => [
  of('recommendation_id', 'text', ({ slate }) => slate.served_recommendation_id),
  of('served_at', 'time', ({ slate }) => slate.event_time),
  of('user_id', 'text', ({ slate }) => slate.user_id),
  of('anonymous_id', 'text', ({ slate }) => slate.anonymous_id),
  of('placement', 'text', ({ slate }) => slate.placement),
  of('retriever', 'text', ({ slate }) => slate.served_retriever),
  of('ranker', 'text', ({ slate }) => slate.served_ranker),
  of('arms', { structs: { experiment: 'text', arm: 'text' } }, ({ slate }) => slate.served_arms),
  of('context_device', 'text', ({ slate }) => slate.context_device),
  of('context_locale', 'text', ({ slate }) => slate.context_locale),
  of('context_country', 'text', ({ slate }) => slate.context_country),
  of('context_attributes', 'json', ({ slate }) => slate.context_attributes),
  of('item_id', 'text', (row) => item(row).item_id),
  of('place', 'int', ({ place }) => place),
  of('score', 'float', (row) => item(row).score),
  of('source', 'text', (row) => item(row).source),
  of('propensity', 'float', (row) => item(row).propensity),
  of('explored', 'flag', (row) => item(row).explored),
  ...types.map((type) => of<Example>(`outcome_${type}`, 'int', ({ outcomes }) => outcomes.counts[type] ?? 0)),
  ...types.map((type) => of<Example>(`value_${type}`, 'double', ({ outcomes }) => outcomes.values[type])),
  of('features_from', 'text', ({ featuresFrom }) => featuresFrom),
  ...features.map((name, i) => of<Example>(`feature_${name}`, 'float', (row) => (Number.isNaN(row.features[i]!) ? undefined : row.features[i]))),
];

/** Interactions by item: for models of what goes with what, and what comes next. */
export const interactionColumns: readonly Column<Interaction>[] = [
  of('event_id', 'text', ({ event }) => event.event_id),
  of('event_time', 'time', ({ event }) => event.event_time),
  of('type', 'text', ({ event }) => event.type),
  of('user_id', 'text', ({ event }) => event.user_id),
  of('anonymous_id', 'text', ({ event }) => event.anonymous_id),
  of('session_id', 'text', ({ event }) => event.session_id),
  of('item_id', 'text', ({ itemId }) => itemId),
  of('quantity', 'int', ({ quantity }) => quantity),
  of('price', 'double', ({ price }) => price),
  of('value', 'double', ({ event }) => event.value),
  of('currency', 'text', ({ event }) => event.currency),
  of('placement', 'text', ({ event }) => event.placement),
  of('position', 'int', ({ event }) => event.position),
  of('recommendation_id', 'text', ({ event }) => recommendationOf(event.attribution_token)),
];
