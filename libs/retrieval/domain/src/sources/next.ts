import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import { NO_ROWS, type RetrievalSource } from './retrieval-source.js';

/** What tends to follow the seeds and the user's newest items. */
export class Next implements RetrievalSource {
  readonly name = 'next';

  constructor(private readonly limit: number) {}

  fetch({ next: { rows, scores }, filter, best }: RetrievalQuery): Best {
    if (rows.length === 0) return NO_ROWS;
    best.begin(this.limit);
    for (let i = 0; i < rows.length; i++) if (filter.allows(rows[i]!)) best.offer(rows[i]!, scores[i]!);
    return best.take();
  }
}
