import { setTimeout as sleep } from 'node:timers/promises';
import { Erasures, readErasures } from '@serendip/events-adapters';
import { recordsBetween, type EventLog, type StoredRecord } from '@serendip/events-domain';
import { PartitionApplier, type Documents, type PositionedEvent, type ProcessedBatch, type StateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { events, fromBinary } from '@serendip/shared-contracts';
import { isDomainError } from '@serendip/shared-errors';
import type { BatchSize } from './batch-size.js';
import type { PoisonRecord } from './poison-reports.js';
import type { Turns } from './turns.js';

/** How a batch went. `tookMs` runs from the read until everybody sees it. */
export interface BatchFacts {
  readonly records: number;
  readonly poison: number;
  readonly tookMs: number;
}

export interface RunnerParts {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly documents: Documents;
  readonly logger: Logger;
  readonly dedupe: boolean;
  readonly turns: Pick<Turns, 'next'>;
  readonly batchSize: Pick<BatchSize, 'records' | 'milliseconds' | 'begin'>;
  readonly onBatch: (partition: number, batch: ProcessedBatch, facts: BatchFacts) => void;
  /** Told that the store was not where the last batch had left it, before the next one begins. */
  readonly onStale: () => void;
  /** Told of records that were passed over, once they were. */
  readonly onPoison: (partition: number, records: readonly PoisonRecord[]) => void;
}

/** Records as far as they are events. */
interface Decoded {
  readonly events: readonly PositionedEvent[];
  readonly poison: readonly PoisonRecord[];
}

const RETRY_MS = 500;

/** Applies one partition of the log, batch by batch, to its end; whoever calls `notice` says where that is. */
export class PartitionRunner {
  private readonly applier: PartitionApplier;
  private cursorNow = 0;
  /** Those that stood in the log when the cursor was loaded: what they cover, and has not been applied, is not applied any more. */
  private erasures = new Erasures();
  private end = 0;
  private running: Promise<void> | undefined;
  private oldestWaitingMs = 0;
  private seenAtMs = 0;
  /** When the partition was last known to be applied to its end. */
  private freshAtMs = 0;
  /** Up to this position records are taken one by one: one of them can not be applied. */
  private oneByOneTo = 0;
  /** Whether this process applies the partition. */
  private isTaken = false;
  /** Whether the store may not be where `cursorNow` says. */
  private isStale = false;
  private doubts = 0;
  /** Settles, well in any case, with the batch that is under way, or with what is done between two. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(readonly partition: number, private readonly parts: RunnerParts) {
    this.applier = new PartitionApplier(partition, { store: parts.store.partitions, documents: parts.documents, dedupe: parts.dedupe });
  }

  get cursor(): number {
    return this.cursorNow;
  }

  get logEnd(): number {
    return this.end;
  }

  /** Records that are not applied. */
  get lagRecords(): number {
    return recordsBetween(this.cursorNow, this.end);
  }

  /** Whether it is behind an end of the log, by so many records at most. */
  isJustBehind(end: number, most: number): boolean {
    return this.isTaken && this.cursorNow < end && recordsBetween(this.cursorNow, end) <= most;
  }

  /** Milliseconds since the partition was last known to be applied to its log's end; undefined while it has not been since it was taken. */
  ageMs(nowMs: number): number | undefined {
    return this.freshAtMs === 0 ? undefined : nowMs - this.freshAtMs;
  }

  /** Seconds since the oldest record that is not applied was received; 0 when there is none. */
  lagSeconds(nowMs: number): number {
    return this.cursorNow >= this.end || this.oldestWaitingMs === 0 ? 0 : Math.max(0, (nowMs - this.oldestWaitingMs) / 1000);
  }

  /** Begins to apply the partition, from where the store is; resolves when it has been applied to its end, or let go. */
  async take(): Promise<void> {
    this.isTaken = true;
    this.doubt();
    await this.idle();
  }

  /** Ends after the batch that is under way; what is noticed from then on is only noted. */
  async letGo(): Promise<void> {
    this.isTaken = false;
    this.freshAtMs = 0;
    await this.running;
  }

  /** Learns where the store is, given where the log ends; `notice` begins to apply from there. */
  async load(end: number): Promise<void> {
    this.isTaken = true;
    this.end = Math.max(this.end, end);
    await this.learn();
  }

  /** Takes note of where the log ended at a time, and begins to apply up to there unless that is under way. */
  notice(end: number, seenAtMs: number): void {
    this.end = Math.max(this.end, end);
    this.seenAtMs = Math.max(this.seenAtMs, seenAtMs);
    if (this.isStale || this.cursorNow < this.end) this.begin();
    // What is under way says by itself how far it got: the cursor may be one that the store has turned out not to be at.
    else if (this.isTaken && this.running === undefined) this.freshAtMs = this.seenAtMs;
  }

  /** Looks where the store is, and goes on from there; until then nobody knows how old what is seen is. */
  doubt(): void {
    this.isStale = true;
    this.doubts++;
    this.freshAtMs = 0;
    this.begin();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** Does something while no batch is under way; the next one waits for it. */
  between(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private begin(): void {
    if (!this.isTaken) return;
    this.running ??= this.run().finally(() => { this.running = undefined; });
  }

  private async run(): Promise<void> {
    while ((this.isStale || this.cursorNow < this.end) && this.isTaken) {
      try {
        if (this.isStale) await this.reload();
        else await this.applyNext();
      } catch (error) {
        await this.recover(error);
      }
    }
    if (this.isTaken) this.freshAtMs = this.seenAtMs;
  }

  private async applyNext(): Promise<void> {
    await this.parts.turns.next(this.parts.batchSize.milliseconds(this.lagRecords));
    await this.between(() => this.applyBatch());
  }

  private async learn(): Promise<void> {
    const { log, store } = this.parts;
    this.cursorNow = (await store.partitions.head(this.partition)).cursor;
    this.erasures = await readErasures(log, this.partition, { from: this.cursorNow, to: this.end });
  }

  private async reload(): Promise<void> {
    const { doubts } = this;
    await this.learn();
    this.isStale = this.doubts !== doubts;
    this.parts.onStale();
  }

  private async applyBatch(): Promise<void> {
    const { log, batchSize, onBatch, onPoison } = this.parts;
    const cursor = this.cursorNow;
    const started = performance.now();
    const took = batchSize.begin(this.lagRecords);
    const records = await log.read(this.partition, cursor, cursor < this.oneByOneTo ? 1 : batchSize.records);
    const end = records.length === 0 ? this.end : records.at(-1)!.position + 1;
    const decoded = this.decode(records);
    this.oldestWaitingMs = decoded.events[0]?.event.receivedAtMs ?? 0;
    const { processed, poison } = await this.prepare(decoded, records, end);
    // Made from what is not live any more: it is made again.
    if (this.isStale) return;
    const committed = this.applier.commit(cursor, processed);
    took(records.length);
    await committed;
    this.cursorNow = end;
    onBatch(this.partition, processed, { records: records.length, poison: poison.length, tookMs: performance.now() - started });
    if (poison.length > 0) onPoison(this.partition, poison);
  }

  /** What a batch does. An event that can not be applied is found by taking its batch one by one, and passed over like a record that is none. */
  private async prepare({ events: batch, poison }: Decoded, records: readonly StoredRecord[], end: number): Promise<{ readonly processed: ProcessedBatch; readonly poison: readonly PoisonRecord[] }> {
    try {
      return { processed: await this.applier.prepare(batch, end), poison };
    } catch (error) {
      if (!isDomainError(error) || error.reason !== 'EVENT_UNPROCESSABLE') throw error;
      if (records.length > 1) {
        this.oneByOneTo = end;
        throw error;
      }
      const [{ position, bytes }] = records as [StoredRecord];
      this.parts.logger.error({ err: error, partition: this.partition, position }, 'An event can not be applied; it is passed over.');
      return { processed: await this.applier.prepare([], end), poison: [{ position, bytes, reason: 'EVENT_UNPROCESSABLE', detail: sentenceOf(error.cause) }] };
    }
  }

  private async recover(error: unknown): Promise<void> {
    if (isDomainError(error) && error.reason === 'STALE_OWNER') {
      this.parts.logger.warn({ partition: this.partition, cursor: this.cursorNow }, 'Somebody else has applied records of this partition; going on from there.');
      this.isStale = true;
      this.freshAtMs = 0;
    } else if (isDomainError(error) && error.reason === 'EVENT_UNPROCESSABLE') {
      this.parts.logger.warn({ err: error, partition: this.partition, cursor: this.cursorNow, to: this.oneByOneTo }, 'A batch has an event that can not be applied; its records are taken one by one.');
    } else {
      this.parts.logger.error({ err: error, partition: this.partition, cursor: this.cursorNow }, 'A batch could not be applied; it is tried again.');
      await sleep(RETRY_MS);
    }
  }

  /** A record that is no event is passed over, so that it can't block what comes after it. */
  private decode(records: readonly StoredRecord[]): Decoded {
    const poison: PoisonRecord[] = [];
    const decoded = records.flatMap(({ position, bytes }) => {
      try {
        const event = fromBinary(events.EventSchema, bytes);
        return [{ position, event, isErased: this.erasures.covers(event, position) }];
      } catch (error) {
        this.parts.logger.error({ err: error, partition: this.partition, position }, 'A record of the log is no event; it is passed over.');
        poison.push({ position, bytes, reason: 'RECORD_UNREADABLE', detail: sentenceOf(error) });
        return [];
      }
    });
    return { events: decoded, poison };
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
