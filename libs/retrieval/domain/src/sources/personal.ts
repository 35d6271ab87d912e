import { NOTHING, type Found } from '@serendip/shared-pipeline';
import { TopK } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import { foundOf, type RetrievalSource } from './retrieval-source.js';

/** What the user vector of this moment likes best, by exact search; nothing for a user of whom the retriever knows no item. */
export class Personal implements RetrievalSource {
  readonly name = 'personal';

  constructor(private readonly limit: number) {}

  fetch({ retriever, userVector, filter, catalogue }: RetrievalQuery): Found {
    if (retriever === undefined || userVector === undefined) return NOTHING;
    const best = new TopK(this.limit);
    retriever.search(userVector, filter, best);
    return foundOf(catalogue.columns, best.take());
  }
}
