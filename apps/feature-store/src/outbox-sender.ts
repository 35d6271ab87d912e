import { setTimeout as sleep } from 'node:timers/promises';
import { causeKey, type OutgoingEvent, type StateStore } from '@serendip/features-domain';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { events, fromBinary } from '@serendip/shared-contracts';
import { PARTITIONS, partitionOf, userEntity } from '@serendip/shared-identity';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';

export interface SenderParts {
  readonly store: StateStore;
  readonly ingestion: Pick<GrpcClient<typeof events.IngestionService>, 'forwardEvents'>;
  /** Whether this process has a partition: another one sends what the others have. */
  readonly owns: (partition: number) => boolean;
  /** Where the log of a partition ended when this process began. */
  readonly firstEnd: (partition: number) => number;
  readonly logger: Logger;
  readonly metrics: FeatureStoreMetrics;
}

const AT_ONCE = 100;
const MOST_BYTES = 2 * 1024 * 1024;
const RETRY_MS = 500;
const NO_STATE = { users: [], statistics: [], items: [], events: [] };

/**
 * Sends what partitions have for each other to ingestion, which alone writes the log: each partition's events in order, the next
 * only after those before are durable. Nothing is sent before `start`, nor to a partition that has not applied what the log had then, whoever applies it:
 * so a state that is made again knows what the log has already.
 */
export class OutboxSender {
  private readonly waiting = new Set<number>();
  private started = false;
  private stopped = false;
  private sending: Promise<void> | undefined;

  constructor(private readonly parts: SenderParts) {}

  /** Begins with what earlier runs left. */
  start(): void {
    this.started = true;
    for (let partition = 0; partition < PARTITIONS; partition++) this.waiting.add(partition);
    this.send();
  }

  /** Takes note that a partition has something to send. */
  notice(partition: number): void {
    this.waiting.add(partition);
    this.send();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.sending;
  }

  /** Ends after the call that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.sending;
  }

  private send(): void {
    if (!this.started || this.stopped) return;
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
      if (this.waiting.size > 0) this.send();
    });
  }

  private async sendAll(): Promise<void> {
    for (const partition of this.waiting) {
      if (this.stopped) return;
      this.waiting.delete(partition);
      try {
        if (await this.sendPartition(partition)) continue;
      } catch (error) {
        this.parts.logger.warn({ err: error, partition }, 'Events for other partitions could not be sent; they are sent again.');
      }
      this.waiting.add(partition);
      await sleep(RETRY_MS);
      return;
    }
  }

  /** Whether all is sent that may be sent now; false when something has to wait. */
  private async sendPartition(partition: number): Promise<boolean> {
    const { store: { outbox }, metrics, owns } = this.parts;
    while (owns(partition)) {
      const batch = limited(await outbox.pending(partition, AT_ONCE));
      if (batch.length === 0 || this.stopped) return true;
      const all = batch.map(({ bytes }) => fromBinary(events.EventSchema, bytes));
      if (!(await this.areCaughtUp(all))) return false;
      const applied = await Promise.all(all.map((event) => this.isApplied(partition, event)));
      const unknown = all.filter((_, i) => !applied[i]);
      if (unknown.length > 0) await this.forward(partition, unknown);
      await outbox.sent(partition, batch.at(-1)!.position);
      metrics.forwarded({ sent: unknown.length, known: all.length - unknown.length });
    }
    return true;
  }

  private async areCaughtUp(list: readonly events.Event[]): Promise<boolean> {
    const { store, firstEnd } = this.parts;
    const targets = [...new Set(list.map(targetOf))];
    const heads = await Promise.all(targets.map((partition) => store.partitions.head(partition)));
    return heads.every(({ cursor }, i) => cursor >= firstEnd(targets[i]!));
  }

  private async forward(partition: number, list: events.Event[]): Promise<void> {
    const { results } = await this.parts.ingestion.forwardEvents({ events: list });
    results.forEach(({ status, reason, detail }, i) => {
      if (status !== events.EventStatus.REJECTED) return;
      this.parts.logger.error({ partition, position: list[i]!.cause?.position, reason, detail }, 'An event for another partition was refused; it is left out.');
    });
  }

  /** A rebuilt partition makes again what the log has had for long; whom it is for knows. */
  private async isApplied(partition: number, event: events.Event): Promise<boolean> {
    const { cause } = event;
    const { imports: [order] } = await this.parts.store.partitions.find(targetOf(event), { ...NO_STATE, imports: [causeKey(partition)] });
    return order !== undefined && cause !== undefined && order.batch >= cause.position;
  }
}

const targetOf = ({ tenant, userId }: events.Event): number => partitionOf(tenant, userEntity(userId));

/** The first of a batch that fit into one call; at least one. */
function limited(batch: readonly OutgoingEvent[]): readonly OutgoingEvent[] {
  let bytes = 0;
  const more = batch.findIndex((event) => (bytes += event.bytes.length) > MOST_BYTES);
  return more < 0 ? batch : batch.slice(0, Math.max(1, more));
}
