import { setTimeout as wait } from 'node:timers/promises';
import { EventLog, sequenceOf, type Durability, type LogRecord, type StoredRecord } from '@serendip/events-domain';
import { GroupCommit, runWork, type Work } from '../group-commit.js';
import { closedLog, readOnlyLog, requirePartitions } from '../log-rules.js';
import type { OpenEventLogOptions } from '../open-options.js';
import { CursorTable } from './cursor-table.js';
import { EndsFollower } from './ends-follower.js';
import { IdempotentProducer } from './idempotent-producer.js';
import { KafkaCommit } from './kafka-commit.js';
import { KafkaConnection, logFailure } from './kafka-connection.js';
import { KafkaConsumerPositions } from './kafka-consumer-positions.js';
import { KafkaImportLedger } from './kafka-import-ledger.js';
import { KafkaTopic } from './kafka-topic.js';
import { LeaderEpochs, storedRecords } from './leader-epochs.js';
import type { LogAddress } from './log-address.js';
import { cursorsOf, findTopics, makeTopics } from './log-topics.js';
import { ReadAhead } from './read-ahead.js';

const commitRecords = 5_000;
const unreachableMs = 10_000;
const retryAfterMs = 20;

/**
 * An event log in a topic of Kafka, a partition in each of its partitions: the record that a leader of epoch e wrote at offset n
 * has the position (e + 1, n). One commit of a writer is under way at a time, and what is appended meanwhile goes with the next.
 */
export class KafkaEventLog extends EventLog {
  readonly positions: KafkaConsumerPositions;
  readonly imports: KafkaImportLedger;
  private durable: Durability = 'process';
  private readonly connection: KafkaConnection;
  private readonly producer: IdempotentProducer;
  private readonly topic: KafkaTopic;
  private readonly epochs: LeaderEpochs;
  private readonly ahead = new ReadAhead();
  private readonly follower: EndsFollower;
  private readonly group: GroupCommit<KafkaCommit>;
  private closing: Promise<void> | undefined;

  private constructor(private readonly address: LogAddress, private readonly options: OpenEventLogOptions) {
    super();
    this.connection = new KafkaConnection(address);
    this.producer = new IdempotentProducer(address);
    this.topic = new KafkaTopic(this.connection, address.topic);
    this.epochs = new LeaderEpochs(this.topic);
    this.follower = new EndsFollower(address, this.ahead);
    this.group = new GroupCommit((works) => this.commit(works), options.minIntervalMs ?? 1, commitRecords);
    const table = new CursorTable(this.connection, this.producer, cursorsOf(address));
    this.positions = new KafkaConsumerPositions(table);
    this.imports = new KafkaImportLedger(table, (records) => this.append(records));
  }

  /**
   * Opens the log: a writer makes its topics, a reader waits for them. FAILED_PRECONDITION/LOG_ENGINE_UNSAFE or LOG_INCOMPATIBLE;
   * UNAVAILABLE/LOG_FAILED when Kafka is not there in time, LOG_MISSING when the log is not.
   */
  static async open(address: LogAddress, options: OpenEventLogOptions): Promise<KafkaEventLog> {
    const log = new KafkaEventLog(address, options);
    try {
      const prepare = options.mode === 'writer' ? makeTopics : findTopics;
      log.durable = await prepare(log.connection, address, options);
      await log.follower.look();
      return log;
    } catch (error) {
      await log.release();
      throw error;
    }
  }

  get durability(): Durability {
    return this.durable;
  }

  async append(records: readonly LogRecord[]): Promise<readonly number[]> {
    this.requireOpen();
    if (this.options.mode === 'reader') throw readOnlyLog();
    requirePartitions(records);
    if (records.length === 0) return [];
    const positions = await this.group.submit(records.length, (commit) => commit.append(records));
    return positions();
  }

  async read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]> {
    this.requireOpen();
    const end = from < this.follower.now[partition]! ? this.follower.now[partition]! : (await this.ends())[partition]!;
    if (from >= end || max <= 0) return [];
    const found = [...this.ahead.take(partition, from, max)];
    let offset = found.length > 0 ? sequenceOf(found.at(-1)!.position) + 1 : await this.connection.run(() => this.epochs.offsetOf(partition, from, end));
    while (found.length < max && offset < sequenceOf(end)) {
      const { records, next } = await this.fetch(partition, offset, { end, max: max - found.length });
      const fetched = storedRecords(records).filter(({ position }) => position >= from);
      found.push(...this.ahead.keep(partition, fetched, max - found.length));
      if (next === offset) break;
      offset = next;
    }
    if (found.length > 0) this.follower.note([[partition, found.at(-1)!.position + 1]]);
    return found;
  }

  async ends(): Promise<readonly number[]> {
    this.requireOpen();
    return this.follower.look();
  }

  knownEnds(): readonly number[] {
    return this.follower.now;
  }

  async waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    this.requireOpen();
    return this.follower.wait(since, timeoutMs);
  }

  async trim(partition: number, before: number): Promise<void> {
    await this.append([]);
    await this.connection.run(async (client) => {
      const offset = await this.epochs.offsetOf(partition, before, this.follower.now[partition]!);
      await client.deleteRecords({ topics: [{ name: this.address.topic, partitions: [{ partition, offset: BigInt(offset) }] }] });
    });
  }

  close(): Promise<void> {
    this.closing ??= this.settle();
    return this.closing;
  }

  /** Records from an offset before the end; nothing, and the same offset, when they are lost. */
  private async fetch(partition: number, offset: number, { end, max }: { readonly end: number; readonly max: number }) {
    const giveUp = performance.now() + unreachableMs;
    for (;;) {
      const fetched = await this.connection.run(() => this.topic.fetch(partition, offset, this.ahead.bytesFor(max)));
      if (fetched.next > offset || await this.connection.run(() => this.epochs.lost(partition, offset, end))) return fetched;
      // A new leader does not know at once what its replicas have.
      if (performance.now() >= giveUp) throw logFailure(this.address, new Error(`partition ${partition} can not be read from offset ${offset} on`));
      await wait(retryAfterMs);
    }
  }

  private async commit(works: readonly Work<KafkaCommit>[]): Promise<void> {
    const commit = new KafkaCommit(this.address.topic);
    const settled = works.map((work) => runWork(work, commit));
    for (const part of commit.parts()) {
      const starts = await this.producer.send(part.messages);
      commit.written(part, await this.connection.run(() => this.epochs.positions(starts)));
    }
    this.follower.note(commit.ends());
    for (const settle of settled) settle();
  }

  private requireOpen(): void {
    if (this.closing !== undefined) throw closedLog();
  }

  private async settle(): Promise<void> {
    await this.group.idle();
    await this.release();
  }

  private async release(): Promise<void> {
    await Promise.all([this.follower.close(), this.producer.close(), this.connection.close()]);
  }
}
