import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { liveModels, type ConfigWatcher } from '@serendip/platform-config';
import type { RetrieverReference, RetrieverSet } from '@serendip/retrieval-domain';
import { control } from '@serendip/shared-contracts';

export interface LiveRetrieversParts {
  readonly watcher: Pick<ConfigWatcher, 'current' | 'onChange'>;
  readonly feed: CatalogueFeed;
  readonly retrievers: RetrieverSet;
}

/** Failed versions are tried again and old ones forgotten at this pace. */
const EVERY_MS = 1000;

/** Keeps the retrievers that the configuration names loaded, and tied to the catalogue before a request needs them. */
export class LiveRetrievers {
  private stops: (() => void)[] = [];

  constructor(private readonly parts: LiveRetrieversParts) {}

  start(): void {
    const { watcher, feed, retrievers } = this.parts;
    const timer = setInterval(() => void this.update(), EVERY_MS).unref();
    this.stops = [
      () => clearInterval(timer),
      watcher.onChange(() => {
        void feed.refresh();
        void this.update();
      }),
      feed.onChange((tenant) => {
        const view = feed.view(tenant);
        if (view !== undefined) retrievers.refresh(tenant, view);
      }),
    ];
    void this.update();
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  private async update(): Promise<void> {
    const { tenants } = this.parts.watcher.current;
    await this.parts.retrievers.update(tenants.flatMap((tenant) => liveModels(tenant, control.ModelKind.RETRIEVER).map(({ name, version, bundle, digest }): RetrieverReference => (
      { tenant: tenant.id, name, version, bundle, digest }
    ))));
  }
}
