import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { ConfigWatcher } from '@serendip/platform-config';
import { CandidateRetriever } from '@serendip/retrieval-domain';

/** Names everything that candidates of a tenant are made of besides their request: columns, what is derived from them, retrievers, configuration. */
export class ResultVersion {
  constructor(private readonly feed: CatalogueFeed, private readonly candidates: CandidateRetriever, private readonly watcher: Pick<ConfigWatcher, 'current'>) {}

  /** Empty while it isn't known. */
  of(tenant: string): string {
    const columns = this.feed.version(tenant);
    return columns === '' ? '' : `${columns}.${this.candidates.version(tenant)}.${this.watcher.current.version}`;
  }
}
