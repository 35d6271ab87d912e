import type { ItemStatistic } from '@serendip/shared-layouts';
import type { Best } from '../ordering/top-k.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import { firstRows } from './ordered-rows.js';
import type { RetrievalSource } from './retrieval-source.js';

/** What people have engaged with most, by a statistic of engagement; its score is log(share of the most popular). */
export class MostEngaging implements RetrievalSource {
  readonly name: string;

  constructor(name: string, private readonly options: { readonly statistic: ItemStatistic; readonly limit: number }) {
    this.name = name;
  }

  fetch({ catalogue, filter }: RetrievalQuery): Best {
    const { rows, logShare } = catalogue.popularity(this.options.statistic);
    return firstRows(rows, { filter, limit: this.options.limit, scoreOf: (row) => logShare[row]! });
  }
}
