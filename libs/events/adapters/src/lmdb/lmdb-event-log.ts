import { join } from 'node:path';
import { DomainError } from '@serendip/shared-errors';
import { EventLog, type LogRecord, type StoredRecord } from '@serendip/events-domain';
import { GroupCommit, runWork, type Work } from '../group-commit.js';
import { closedLog, readOnlyLog, requirePartitions } from '../log-rules.js';
import { ChunkWriter } from './chunk.js';
import { disregardCommitError } from './commit-error.js';
import { EndsFile } from './ends-file.js';
import { EndsWatch } from './ends-watch.js';
import { LmdbConsumerPositions } from './lmdb-consumer-positions.js';
import { LmdbImportLedger } from './lmdb-import-ledger.js';
import { beginWriting, openLogEnvironment, type LogEnvironment } from './log-environment.js';
import { LogTransaction } from './log-transaction.js';
import { RecordReader } from './record-reader.js';

export interface LmdbEventLogOptions {
  readonly mode: 'writer' | 'reader';
  /** Least time between two transactions while little waits, milliseconds; default 3. Bounds what many small appends cost. */
  readonly minIntervalMs?: number;
}

const trimChunks = 1_000;
const publishCheckMs = 50;

/**
 * An event log in one LMDB environment: chunks of records by partition and position, and beside it a small file of durable
 * ends that every process polls. One process writes (a second one is safe, and slow); any number read.
 */
export class LmdbEventLog extends EventLog {
  readonly durability = 'disk';
  readonly positions: LmdbConsumerPositions;
  readonly imports: LmdbImportLedger;
  private readonly environment: LogEnvironment;
  private readonly file: EndsFile;
  private readonly watch: EndsWatch;
  private readonly reader: RecordReader;
  private readonly chunkWriter = new ChunkWriter();
  private readonly group: GroupCommit<LogTransaction>;
  private publishCheck: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;

  /** Opens the log in a directory. A reader throws when there is none yet; a writer makes it. */
  constructor(directory: string, private readonly options: LmdbEventLogOptions) {
    super();
    this.environment = openLogEnvironment(directory, options.mode);
    this.file = this.openEnds(directory);
    this.watch = new EndsWatch(this.file);
    this.reader = new RecordReader(this.environment);
    this.group = new GroupCommit((works) => this.commit(works), options.minIntervalMs ?? 3);
    this.positions = new LmdbConsumerPositions(join(directory, 'consumers'));
    this.imports = new LmdbImportLedger(this.environment, () => this.writing());
  }

  async append(records: readonly LogRecord[]): Promise<readonly number[]> {
    const group = this.writing();
    requirePartitions(records);
    return records.length === 0 ? [] : group.submit(records.length, (transaction) => transaction.append(records));
  }

  async read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]> {
    this.requireOpen();
    return this.reader.read(partition, from, max, this.file.read());
  }

  async ends(): Promise<readonly number[]> {
    this.requireOpen();
    return this.file.read();
  }

  knownEnds(): readonly number[] {
    return this.closing === undefined ? this.file.read() : this.file.lastRead;
  }

  async waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    this.requireOpen();
    return this.watch.wait(since, timeoutMs);
  }

  async trim(partition: number, before: number): Promise<void> {
    this.writing();
    for (let trimmed = trimChunks; trimmed === trimChunks;) {
      trimmed = await this.transact(() => {
        const keys = this.reader.chunksBefore(partition, before, trimChunks);
        for (const key of keys) void this.environment.records.remove(key);
        return keys.length;
      });
    }
  }

  close(): Promise<void> {
    this.closing ??= this.settle();
    return this.closing;
  }

  private openEnds(directory: string): EndsFile {
    try {
      const file = new EndsFile(directory, this.options.mode);
      if (this.options.mode === 'writer') {
        const { fresh, ends } = beginWriting(this.environment);
        if (fresh) file.clear();
        file.publish(ends);
      }
      return file;
    } catch (error) {
      void this.environment.root.close();
      throw error;
    }
  }

  private async commit(works: readonly Work<LogTransaction>[]): Promise<void> {
    const { ends, settled } = await this.transact(() => {
      const transaction = new LogTransaction(this.environment, this.chunkWriter);
      const done = works.map((work) => runWork(work, transaction));
      transaction.finish();
      return { ends: transaction.ends, settled: done };
    });
    this.publish(ends);
    for (const settle of settled) settle();
  }

  /** Does all of it or nothing; resolves once it is on disk. */
  private async transact<T>(action: () => T): Promise<T> {
    try {
      return await this.environment.root.childTransaction(action);
    } catch (cause) {
      disregardCommitError(cause);
      throw new DomainError('UNAVAILABLE', 'LOG_FAILED', 'The event log could not write: nothing of this is known to be durable.', { cause });
    }
  }

  private publish(ends: ArrayLike<number>): void {
    this.file.publish(ends);
    this.watch.check();
    // Another writer that published at the same moment may have put older ends over these.
    this.publishCheck ??= setTimeout(() => {
      this.publishCheck = undefined;
      if (!this.file.shows(this.file.read())) this.publish(ends);
    }, publishCheckMs).unref();
  }

  private writing(): GroupCommit<LogTransaction> {
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
      await this.transact(() => new LogTransaction(this.environment, this.chunkWriter).close());
    }
    clearTimeout(this.publishCheck);
    this.watch.close();
    this.file.close();
    await this.positions.close();
    await this.environment.root.close();
  }
}
