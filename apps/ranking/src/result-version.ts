import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { ConfigWatcher } from '@serendip/platform-config';

/** Names everything that scores of a tenant are made of besides their request: columns and configuration. A ranker's version never changes. */
export class ResultVersion {
  constructor(private readonly feed: CatalogueFeed, private readonly watcher: Pick<ConfigWatcher, 'current'>) {}

  /** Empty while it isn't known. */
  of(tenant: string): string {
    const columns = this.feed.version(tenant);
    return columns === '' ? '' : `${columns}.${this.watcher.current.version}`;
  }
}
