import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { DEAD_LETTER_LIMITS, type DeadLetterStore, type Refusal } from '@serendip/events-domain';
import { BestEffortQueue } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { events, toBinary } from '@serendip/shared-contracts';
import type { RefusedEvent } from '../accept-events.js';
import type { IngestionMetrics } from '../ingestion.metrics.js';

export interface DeadLettersParts {
  readonly store: DeadLetterStore;
  readonly metrics: IngestionMetrics;
  readonly logger: Logger;
}

const EXPIRE_EVERY_MS = 3_600_000;

/** Keeps what was refused, behind the answer: whatever the store does, no request waits for it or fails by it. */
export class DeadLetters implements OnModuleInit, OnApplicationShutdown {
  private readonly queue: BestEffortQueue<() => Refusal, Refusal>;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: DeadLettersParts) {
    this.queue = new BestEffortQueue({
      prepare: (refusal) => refusal(),
      bytesOf: ({ original }) => original.length,
      send: (refusals) => this.keep(refusals),
      dropped: this.dropped.bind(this),
    });
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.expire(), EXPIRE_EVERY_MS).unref();
    void this.expire();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.queue.close();
  }

  /** @param from who refused, and for whom: the tenant of each event where none is named. */
  refuse(refused: readonly RefusedEvent[], { source, tenant }: { readonly source: 'ingestion' | 'feature-store'; readonly tenant?: string }): void {
    if (refused.length === 0) return;
    const atMs = Date.now();
    this.queue.add(refused.map(({ event, fault: { reason, detail } }) => () => (
      { tenant: tenant ?? event.tenant, source, reason, detail, userId: event.userId, original: toBinary(events.EventSchema, event), atMs })));
  }

  /** What another service refused or could not read. */
  report(refusals: readonly Refusal[]): void {
    this.queue.add(refusals.map((refusal) => () => refusal));
  }

  private async keep(refusals: readonly Refusal[]): Promise<void> {
    const gone = await this.parts.store.add(refusals);
    this.parts.metrics.countDeadLetters('kept', refusals.length);
    this.parts.metrics.countDeadLetters('removed', gone);
  }

  private async expire(): Promise<void> {
    try {
      this.parts.metrics.countDeadLetters('removed', await this.parts.store.expire(Date.now() - DEAD_LETTER_LIMITS.ageMs));
    } catch (err) {
      this.parts.logger.warn({ err }, 'Old dead letters could not be removed; that is tried again in an hour.');
    }
  }

  private dropped(count: number, err?: unknown): void {
    this.parts.metrics.countDeadLetters('dropped', count);
    if (err !== undefined) this.parts.logger.warn({ err, count }, 'Refused events were not kept as dead letters.');
  }
}
