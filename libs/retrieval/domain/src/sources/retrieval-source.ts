import type { Context, Found, Stage } from '@serendip/shared-pipeline';
import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';

/**
 * A source of the spine, which promises ordinals, or one that is in memory and answers catalogue rows at once, best first: it
 * needs neither promise nor timer.
 */
export interface RetrievalSource extends Stage<RetrievalQuery> {
  fetch(query: RetrievalQuery, context: Context): Best | Promise<Found>;
}

export const NO_ROWS: Best = { rows: new Int32Array(0), scores: new Float32Array(0) };
