import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import { firstRows } from './ordered-rows.js';
import type { RetrievalSource } from './retrieval-source.js';

/** The items that the request names, in its order. */
export class Given implements RetrievalSource {
  readonly name = 'given';

  constructor(private readonly limit: number) {}

  fetch({ catalogue: { columns }, filter, request }: RetrievalQuery): Best {
    const rows = new Set(request.givenItemIds.map((id) => columns.rowOfId(id)));
    return firstRows(Int32Array.from(rows), { filter, limit: this.limit, scoreOf: () => 0 });
  }
}
