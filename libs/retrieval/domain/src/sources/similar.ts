import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { RetrievalSource } from './retrieval-source.js';
import { offerSharedCategories } from './shared-categories.js';

/**
 * What is similar to the seeds or, without seeds, to the user's newest items. For seeds that the retriever doesn't know
 * (new items, or no retriever at all): what shares their categories.
 */
export class Similar implements RetrievalSource {
  readonly name = 'similar';

  constructor(private readonly limit: number) {}

  fetch(query: RetrievalQuery): Best {
    const { retriever, seeds, recent, request, catalogue, filter, best } = query;
    const seeded = request.seedItemIds.length > 0;
    best.begin(this.limit);
    const known = seeded ? seeds.some((row) => row >= 0) : recent.length > 0;
    if (retriever !== undefined && known) {
      const { rows, scores } = retriever.similar(seeds, recent);
      for (let i = 0; i < rows.length; i++) if (filter.allows(rows[i]!)) best.offer(rows[i]!, scores[i]!);
    } else if (seeded) {
      offerSharedCategories(request.seedItemIds.map((id) => catalogue.columns.rowOfId(id)), { catalogue, filter, best });
    }
    return best.take();
  }
}
