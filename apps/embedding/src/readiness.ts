import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { ConfigWatcher } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import type { DependencyStatus } from '@serendip/platform-telemetry';
import { referenceName, type CandidateRetriever, type ItemEncoderSet, type RetrieverSet } from '@serendip/retrieval-domain';
import { encoderStates } from './live-encoders.js';
import { warmUp } from './warm-up.js';

export interface ReadinessParts {
  readonly feed: CatalogueFeed;
  readonly retrievers: RetrieverSet;
  readonly encoders: ItemEncoderSet;
  readonly candidates: CandidateRetriever;
  readonly watcher: Pick<ConfigWatcher, 'current'>;
  readonly onReady: () => void;
  readonly logger: Logger;
}

const POLL_MS = 20;

/** Ready once every tenant has a catalogue, every retriever and item encoder has been loaded or found broken, and the code is warm; then it stays so. */
export class Readiness {
  private timer: NodeJS.Timeout | undefined;
  private warm = false;

  constructor(private readonly parts: ReadinessParts) {}

  start(): void {
    this.timer = setTimeout(() => void this.check(), POLL_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  status(): readonly DependencyStatus[] {
    const { feed, retrievers, encoders, watcher } = this.parts;
    const broken = retrievers.failures().map(({ reference }) => `${reference.tenant}/${referenceName(reference)}`);
    const loaded = retrievers.list().map(({ reference }) => `${reference.tenant}/${referenceName(reference)}`);
    return [
      feed.status(),
      { name: 'retrievers', ready: this.warm || retrievers.settled, detail: [`loaded: ${loaded.join(', ') || 'none'}`, ...(broken.length > 0 ? [`broken: ${broken.join(', ')}`] : [])].join('; ') },
      {
        name: 'item-encoders', ready: this.warm || encoders.settled,
        detail: encoderStates({ encoders, retrievers }, watcher.current.tenants).map(({ tenant, encoder, detail }) => `${tenant}/${encoder} ${detail}`).join('; ') || 'none',
      },
      { name: 'warm-up', ready: this.warm },
    ];
  }

  private async check(): Promise<void> {
    const { feed, retrievers, encoders, candidates, watcher, onReady, logger } = this.parts;
    if (!feed.ready || !retrievers.settled || !encoders.settled) {
      if (this.timer !== undefined) this.start();
      return;
    }
    const started = performance.now();
    for (const tenant of watcher.current.tenants) await warmUp(candidates, { tenant, columns: feed.columns(tenant.id) });
    this.warm = true;
    if (this.timer === undefined) return;
    logger.info({ tookMs: Math.round(performance.now() - started) }, 'Warm and ready.');
    onReady();
  }
}
