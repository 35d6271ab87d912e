import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { liveModels, type ConfigWatcher } from '@serendip/platform-config';
import type { ItemEncoderSet, ModelReference, RetrieverSet } from '@serendip/retrieval-domain';
import { control } from '@serendip/shared-contracts';
import { liveEncoders } from './live-encoders.js';

export interface LiveRetrieversParts {
  readonly watcher: Pick<ConfigWatcher, 'current' | 'onChange'>;
  readonly feed: CatalogueFeed;
  readonly retrievers: RetrieverSet;
  readonly encoders: ItemEncoderSet;
  /** Called after everything that is wanted has been tried. */
  readonly onUpdate: () => void;
}

/** Failed versions are tried again and old ones forgotten at this pace. */
const EVERY_MS = 1000;

/** Keeps the retrievers and item encoders that the configuration names loaded, and tied to the catalogue before a request needs them. */
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

  /** Ties every retriever to its catalogue and its encoder as they are now. */
  refresh(): void {
    const { watcher, feed, retrievers } = this.parts;
    for (const { id } of watcher.current.tenants) {
      const view = feed.view(id);
      if (view !== undefined) retrievers.refresh(id, view);
    }
  }

  private async update(): Promise<void> {
    const { watcher: { current: { tenants } }, retrievers, encoders, onUpdate } = this.parts;
    await Promise.all([
      encoders.update(tenants.flatMap((tenant) => liveEncoders(tenant).map((model) => referenceOf(tenant, model)))),
      retrievers.update(tenants.flatMap((tenant) => liveModels(tenant, control.ModelKind.RETRIEVER).map((model) => referenceOf(tenant, model)))),
    ]);
    this.refresh();
    onUpdate();
  }
}

const referenceOf = ({ id: tenant }: control.Tenant, { name, version, bundle, digest }: control.ModelVersion): ModelReference => ({ tenant, name, version, bundle, digest });
