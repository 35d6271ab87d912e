import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { RedisAddress } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { EventLog, type Durability, type LogRecord, type StoredRecord } from '@serendip/events-domain';
import type { Redis } from 'ioredis';
import { GroupCommit, runWork, type Work } from '../group-commit.js';
import { closedLog, readOnlyLog, requirePartitions } from '../log-rules.js';
import type { OpenEventLogOptions } from '../open-options.js';
import { EndsFollower, endsOf } from './ends-follower.js';
import { LogConnections, requireLayout } from './log-connections.js';
import { ENDS_KEY, HEADER_KEY, IMPORTS_KEY, NEXT_KEY, streamKey, writerKey } from './log-keys.js';
import { COMMIT, PUBLISH_ENDS } from './log-scripts.js';
import { RedisCommit, type CommitAnswer } from './redis-commit.js';
import { RedisConsumerPositions } from './redis-consumer-positions.js';
import { RedisImportLedger } from './redis-import-ledger.js';

const commitRecords = 5_000;
const readRecords = 500;
const missingMs = 50;
const closeMs = 1_000;

/**
 * An event log in one Redis database, or in one slot of a cluster: a stream for each partition, in which the record at position p has the id p-0. One commit
 * of a writer is under way at a time, and what is appended meanwhile goes with the next.
 */
export class RedisEventLog extends EventLog {
  readonly positions: RedisConsumerPositions;
  readonly imports: RedisImportLedger;
  private readonly connections: LogConnections;
  private readonly follower: EndsFollower;
  private readonly group: GroupCommit<RedisCommit>;
  private readonly writer = randomUUID();
  private commits = 0;
  private closing: Promise<void> | undefined;

  private constructor(private readonly address: RedisAddress, private readonly options: OpenEventLogOptions) {
    super();
    this.connections = new LogConnections(address);
    this.follower = new EndsFollower(address);
    this.group = new GroupCommit((works) => this.commit(works), options.minIntervalMs ?? 1, commitRecords);
    this.positions = new RedisConsumerPositions(this.connections);
    this.imports = new RedisImportLedger(this.connections, () => this.writing());
  }

  /**
   * Opens the log: a writer makes it, a reader waits for it. FAILED_PRECONDITION/LOG_ENGINE_UNSAFE, LOG_INCOMPATIBLE or
   * LOG_EPOCHS_EXHAUSTED; UNAVAILABLE/LOG_FAILED when Redis is not there in time, LOG_MISSING when the log is not.
   */
  static async open(address: RedisAddress, options: OpenEventLogOptions): Promise<RedisEventLog> {
    const log = new RedisEventLog(address, options);
    try {
      await log.start(options.waitMs ?? 30_000);
      return log;
    } catch (error) {
      log.release();
      throw error;
    }
  }

  get durability(): Durability {
    return this.connections.durability;
  }

  async append(records: readonly LogRecord[]): Promise<readonly number[]> {
    const group = this.writing();
    requirePartitions(records);
    if (records.length === 0) return [];
    const positions = await group.submit(records.length, (commit) => commit.append(records));
    return positions();
  }

  async read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]> {
    this.requireOpen();
    const found: StoredRecord[] = [];
    for (let next = from; found.length < max;) {
      const count = Math.min(readRecords, max - found.length);
      const records = await this.connections.reading.run((client) => this.readSome(client, partition, next, count));
      found.push(...records);
      if (records.length < count) break;
      next = records.at(-1)!.position + 1;
    }
    return found;
  }

  async ends(): Promise<readonly number[]> {
    this.requireOpen();
    return this.follower.note(endsOf(await this.connections.reading.run((client) => client.xrevrange(ENDS_KEY, '+', '-', 'COUNT', 1))));
  }

  knownEnds(): readonly number[] {
    return this.follower.now;
  }

  async waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    this.requireOpen();
    return this.follower.wait(since, timeoutMs);
  }

  async trim(partition: number, before: number): Promise<void> {
    this.writing();
    await this.connections.writing.run((client) => client.call('XTRIM', streamKey(partition), 'MINID', '=', `${before}-0`));
  }

  close(): Promise<void> {
    this.closing ??= this.settle();
    return this.closing;
  }

  private async start(waitMs: number): Promise<void> {
    if (this.options.mode === 'writer') await this.connections.writing.run(async () => undefined, waitMs);
    else await this.appearance(waitMs);
    await this.follower.open(waitMs);
    await this.ends();
  }

  /** Waits until a writer has made the log. */
  private async appearance(waitMs: number): Promise<void> {
    const giveUp = performance.now() + waitMs;
    for (;;) {
      const [version, partitions] = await this.connections.reading.run((client) => client.hmget(HEADER_KEY, 'version', 'partitions'), waitMs);
      if (version != null) return requireLayout(version, partitions ?? '0');
      if (performance.now() >= giveUp) throw new DomainError('UNAVAILABLE', 'LOG_MISSING', 'There is no event log yet: start ingestion first.');
      await wait(missingMs);
    }
  }

  private async readSome(client: Redis, partition: number, from: number, count: number): Promise<StoredRecord[]> {
    // The ends first: what is before them is in the stream then.
    const [ends, entries] = await Promise.all([
      client.xrevrange(ENDS_KEY, '+', '-', 'COUNT', 1), client.xrangeBuffer(streamKey(partition), `${from}-0`, '+', 'COUNT', count),
    ]);
    // Not those of a replica that has taken over and may be told later what was durable before.
    const end = this.follower.note(endsOf(ends))[partition]!;
    const records = entries.map(([id, fields]) => ({ position: Number(id.toString('latin1', 0, id.length - 2)), bytes: fields[1]! }));
    return records.filter(({ position }) => position < end);
  }

  private async commit(works: readonly Work<RedisCommit>[]): Promise<void> {
    const commit = new RedisCommit();
    const settled = works.map((work) => runWork(work, commit));
    const keys = [HEADER_KEY, NEXT_KEY, ENDS_KEY, IMPORTS_KEY, writerKey(this.writer), ...commit.partitions.map(streamKey)];
    const args = [++this.commits, this.address.replicas === 0 ? 'publish' : 'wait', ...commit.arguments()];
    const answer = await this.connections.writing.run(async (client) => {
      const reply = JSON.parse((await COMMIT.run(client, keys, args)) as string) as CommitAnswer;
      if (this.address.replicas > 0) {
        await this.connections.replicated(client);
        await PUBLISH_ENDS.run(client, [ENDS_KEY], [JSON.stringify(reply.nexts)]);
      }
      return reply;
    });
    commit.answered(answer);
    this.follower.note(Array.from({ length: PARTITIONS }, (_, partition) => Number(answer.nexts[partition] ?? 0)));
    for (const settle of settled) settle();
  }

  private writing(): GroupCommit<RedisCommit> {
    this.requireOpen();
    if (this.options.mode === 'reader') throw readOnlyLog();
    return this.group;
  }

  private requireOpen(): void {
    if (this.closing !== undefined) throw closedLog();
  }

  private async settle(): Promise<void> {
    if (this.options.mode === 'writer') {
      await this.group.idle();
      // A log that can not be marked as closed only begins a new epoch when it is opened next.
      await this.connections.writing.run((client) => client.multi().hset(HEADER_KEY, 'clean', 1).del(writerKey(this.writer)).exec(), closeMs).catch(() => undefined);
    }
    this.release();
  }

  private release(): void {
    this.follower.close();
    this.connections.close();
  }
}
