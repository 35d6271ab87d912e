import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Context, Found, Stage } from '@serendip/shared-pipeline';
import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';

/** A source of the spine that may also answer at once: what is in memory needs neither promise nor timer. */
export interface RetrievalSource extends Stage<RetrievalQuery> {
  fetch(query: RetrievalQuery, context: Context): Found | Promise<Found>;
}

/** Rows and scores as a source answers them. */
export function foundOf(columns: ItemColumns, { rows, scores }: Best): Found {
  const ordinal = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) ordinal[i] = columns.ordinal[rows[i]!]!;
  return { ordinal, score: scores };
}
