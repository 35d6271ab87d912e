import { openFile, type EventFile } from '@serendip/events-adapters';
import type { ObjectStore } from '@serendip/platform-objects';

/** An event as the archive's columns have it, as far as exports read it. */
export interface EventRow {
  readonly event_id: string;
  readonly type: string;
  readonly user_id?: string;
  readonly anonymous_id?: string;
  readonly session_id?: string;
  /** Epoch milliseconds. */
  readonly event_time: number;
  readonly items?: readonly { readonly item_id: string; readonly quantity?: number; readonly price?: number }[];
  readonly value?: number;
  readonly currency?: string;
  readonly position?: number;
  readonly placement?: string;
  readonly attribution_token?: string;
  readonly context_device?: string;
  readonly context_locale?: string;
  readonly context_country?: string;
  readonly context_attributes?: string;
  readonly log_partition: number;
  readonly log_position: number;
}

/** A slate as it was served. */
export interface ServedRow extends EventRow {
  readonly served_recommendation_id: string;
  readonly served_items: readonly { readonly item_id: string; readonly score: number; readonly source: string; readonly propensity: number; readonly explored: boolean; readonly ordinal?: number }[];
  readonly served_retriever?: string;
  readonly served_ranker?: string;
  readonly served_arms?: readonly { readonly experiment: string; readonly arm: string }[];
  readonly served_as_of?: number;
  readonly served_state_position?: number;
  readonly served_seed_items?: readonly string[];
  readonly served_feature_names?: readonly string[];
  readonly served_feature_ordinals?: readonly number[];
  readonly served_features?: readonly number[];
}

export const EVENT_FIELDS = [
  'event_id', 'type', 'user_id', 'anonymous_id', 'session_id', 'event_time', 'items', 'value', 'currency', 'position', 'placement', 'attribution_token',
  'context_device', 'context_locale', 'context_country', 'context_attributes', 'log_partition', 'log_position',
] as const satisfies readonly (keyof EventRow)[];

/** All of a slate but its features. */
export const SLATE_FIELDS = [
  ...EVENT_FIELDS, 'served_recommendation_id', 'served_items', 'served_retriever', 'served_ranker', 'served_arms', 'served_as_of', 'served_state_position', 'served_seed_items', 'served_feature_names',
] as const satisfies readonly (keyof ServedRow)[];

export const SERVED_FIELDS = [
  ...SLATE_FIELDS, 'served_feature_ordinals', 'served_features',
] as const satisfies readonly (keyof ServedRow)[];

const ROWS_AT_ONCE = 10_000;

export interface Reading {
  readonly objects: ObjectStore;
  readonly files: readonly EventFile[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows of a period with some of their columns, file by file. */
export async function* eventRows<Row extends EventRow>({ objects, files, fromMs, toMs }: Reading, columns: readonly (keyof Row & string)[]): AsyncGenerator<Row> {
  for (const file of files) {
    const parquet = await openFile(objects, file);
    for (let from = 0; from < parquet.rowCount; from += ROWS_AT_ONCE) {
      const rows = await parquet.rows({ columns, from, to: Math.min(parquet.rowCount, from + ROWS_AT_ONCE) }) as unknown as Row[];
      for (const row of rows) if (row.event_time >= fromMs && row.event_time < toMs) yield row;
    }
  }
}
