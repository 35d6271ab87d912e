import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import { firstRows } from './ordered-rows.js';
import type { RetrievalSource } from './retrieval-source.js';

const DAY_MS = 86_400_000;
/** How long an item is new. */
const NEW_MS = 30 * DAY_MS;

/** The items published in the last 30 days, the newest first; their score is minus their age in days. */
export class Newest implements RetrievalSource {
  readonly name = 'new';

  constructor(private readonly limit: number) {}

  fetch({ catalogue, filter, request: { nowMs } }: RetrievalQuery): Best {
    const { columns } = catalogue;
    const ageMs = (row: number): number => nowMs - columns.publishedAtMs[row]!;
    return firstRows(catalogue.newest(), { filter, limit: this.limit, scoreOf: (row) => -ageMs(row) / DAY_MS, until: (row) => ageMs(row) > NEW_MS });
  }
}
