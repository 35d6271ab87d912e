import { DomainError } from '@serendip/shared-errors';
import { EventLog, type Durability, type LogRecord, type StoredRecord } from '../log/event-log.js';
import { sequenceOf } from '../log/position.js';
import type { LogArchive } from './log-archive.js';

/**
 * A log that reads what it no longer holds from its archive, so that readers see one log from its first record on. Everything
 * else is the log's own. A read rejects with DATA_LOSS/LOG_INCOMPLETE where records are in neither.
 */
export class ArchivedLog extends EventLog {
  constructor(private readonly log: EventLog, private readonly archive: LogArchive) {
    super();
  }

  get durability(): Durability {
    return this.log.durability;
  }

  append(records: readonly LogRecord[]): Promise<readonly number[]> {
    return this.log.append(records);
  }

  async read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]> {
    for (let next = from; ;) {
      const held = await this.log.read(partition, next, max);
      // Sequences have no gaps but for what was trimmed; they go back where an engine lost its newest records and a new epoch began.
      if (max <= 0 || (held.length > 0 ? sequenceOf(held[0]!.position) <= sequenceOf(next) : next >= (await this.log.ends())[partition]!)) return held;
      const archived = await this.archive.read(partition, next, max);
      if (archived.records.length > 0) return archived.records;
      if (archived.next <= next) {
        throw new DomainError('DATA_LOSS', 'LOG_INCOMPLETE', `Records of partition ${partition} from position ${next} on are neither in the log nor in its archive: look whether SERENDIP_OBJECTS names the archive of this log.`);
      }
      next = archived.next;
    }
  }

  ends(): Promise<readonly number[]> {
    return this.log.ends();
  }

  knownEnds(): readonly number[] {
    return this.log.knownEnds();
  }

  waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    return this.log.waitForAppend(since, timeoutMs);
  }

  trim(partition: number, before: number): Promise<void> {
    return this.log.trim(partition, before);
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
