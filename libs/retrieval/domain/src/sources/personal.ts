import type { Found } from '@serendip/shared-pipeline';
import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import { NO_ROWS, type RetrievalSource } from './retrieval-source.js';

/** What the user vector of this moment likes best; nothing for a user of whom the retriever knows no item. */
export class Personal implements RetrievalSource {
  readonly name = 'personal';

  constructor(private readonly limit: number) {}

  fetch({ retriever, userVector, userVectorFailure, filter, catalogue }: RetrievalQuery): Best | Promise<Found> {
    if (userVectorFailure !== undefined) throw userVectorFailure;
    if (retriever === undefined || userVector === undefined) return NO_ROWS;
    const best = retriever.search(userVector, filter, this.limit);
    return best instanceof Promise ? best.then(({ rows, scores }) => ({ ordinal: rows.map((row) => catalogue.columns.ordinal[row]!), score: scores })) : best;
  }
}
