import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@serendip/events-domain';
import { PartitionApplier, type Documents, type PositionedEvent, type ProcessedBatch, type StateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { events, fromBinary } from '@serendip/shared-contracts';
import { isDomainError } from '@serendip/shared-errors';

export interface RunnerParts {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly documents: Documents;
  readonly logger: Logger;
  readonly dedupe: boolean;
  readonly onBatch: (partition: number, batch: ProcessedBatch, facts: { readonly records: number; readonly poison: number; readonly tookMs: number }) => void;
}

const MOST_RECORDS = 1000;
const RETRY_MS = 500;

/** Applies one partition of the log, batch by batch, to its end; whoever calls `advance` says where that is. */
export class PartitionRunner {
  private readonly applier: PartitionApplier;
  private cursorNow = 0;
  private end = 0;
  private running = false;
  private oldestWaitingMs = 0;
  /** When the partition was last known to be applied to its end. */
  private freshAtMs = 0;

  constructor(readonly partition: number, private readonly parts: RunnerParts) {
    this.applier = new PartitionApplier(partition, { store: parts.store.partitions, documents: parts.documents, dedupe: parts.dedupe });
  }

  get cursor(): number {
    return this.cursorNow;
  }

  get logEnd(): number {
    return this.end;
  }

  /** Milliseconds since the partition was last known to be applied to its log's end. */
  ageMs(nowMs: number): number {
    return nowMs - this.freshAtMs;
  }

  /** Seconds since the oldest record that is not applied was received; 0 when there is none. */
  lagSeconds(nowMs: number): number {
    return this.cursorNow >= this.end || this.oldestWaitingMs === 0 ? 0 : Math.max(0, (nowMs - this.oldestWaitingMs) / 1000);
  }

  async load(): Promise<void> {
    this.cursorNow = (await this.parts.store.partitions.head(this.partition)).cursor;
  }

  /** Applies up to the end as of `seenAtMs`; resolves when there, or when another call is already at it. */
  async advance(end: number, seenAtMs: number): Promise<void> {
    this.end = Math.max(this.end, end);
    if (this.cursorNow >= this.end) {
      this.freshAtMs = Math.max(this.freshAtMs, seenAtMs);
      return;
    }
    if (this.running) return;
    this.running = true;
    try {
      while (this.cursorNow < this.end) await this.applyBatch();
      this.freshAtMs = Math.max(this.freshAtMs, seenAtMs);
    } finally {
      this.running = false;
    }
  }

  private async applyBatch(): Promise<void> {
    const { log, logger, onBatch } = this.parts;
    const cursor = this.cursorNow;
    try {
      const records = await log.read(this.partition, cursor, MOST_RECORDS);
      const end = records.length === 0 ? this.end : records.at(-1)!.position + 1;
      const batch: PositionedEvent[] = [];
      for (const { position, bytes } of records) {
        const event = this.decode(position, bytes);
        if (event !== undefined) batch.push({ position, event });
      }
      this.oldestWaitingMs = batch[0]?.event.receivedAtMs ?? 0;
      const started = performance.now();
      const processed = await this.applier.apply(batch, { cursor, end });
      this.cursorNow = end;
      onBatch(this.partition, processed, { records: records.length, poison: records.length - batch.length, tookMs: performance.now() - started });
    } catch (error) {
      if (isDomainError(error) && error.reason === 'STALE_OWNER') await this.load();
      else {
        logger.error({ err: error, partition: this.partition, cursor }, 'A batch could not be applied; it is tried again.');
        await sleep(RETRY_MS);
      }
    }
  }

  /** Undefined for a record that is no event: it is passed over, so that it can't block what comes after it. */
  private decode(position: number, bytes: Uint8Array): PositionedEvent['event'] | undefined {
    try {
      return fromBinary(events.EventSchema, bytes);
    } catch (error) {
      this.parts.logger.error({ err: error, partition: this.partition, position }, 'A record of the log is no event; it is passed over.');
      return undefined;
    }
  }
}
