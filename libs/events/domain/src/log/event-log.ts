/** A record to append. */
export interface LogRecord {
  /** 0 to PARTITIONS - 1. */
  readonly partition: number;
  /** Not changed by the caller until the append has settled. */
  readonly bytes: Uint8Array;
}

/** A record as read. */
export interface StoredRecord {
  readonly position: number;
  /** Stays valid after the call. */
  readonly bytes: Uint8Array;
}

/** What an acknowledged record outlives: any process, a machine that fails as a whole, or also the loss of one machine with its disk. */
export type Durability = 'process' | 'disk' | 'replicated';

/**
 * One partitioned log, read by any number of processes. The end of a partition is the position after its last durable record
 * (exclusive), 0 while it has none. Failures are UNAVAILABLE: LOG_CLOSED for every call after `close`, LOG_FAILED.
 */
export abstract class EventLog {
  /** How durable a record is once it is acknowledged. */
  abstract readonly durability: Durability;

  /**
   * Appends records, those of a partition in the given order, and resolves with their positions (same order and length) once
   * all are durable. A rejection says that none is known to be durable.
   */
  abstract append(records: readonly LogRecord[]): Promise<readonly number[]>;

  /** At most `max` records of a partition from `from` on (inclusive), in order, never past its end. What was trimmed is left out. */
  abstract read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]>;

  /** The end of each partition, by partition; never goes back. */
  abstract ends(): Promise<readonly number[]>;

  /** The ends as far as they are known here without asking anybody else, an embedded log's as they are; never go back. After `close` the last ones. */
  abstract knownEnds(): readonly number[];

  /** The ends, as soon as one differs from `since`, or after `timeoutMs` (milliseconds), or on `close`. */
  abstract waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]>;

  /** Allows records of a partition before a position to go; some of them may stay. */
  abstract trim(partition: number, before: number): Promise<void>;

  /** Settles what is under way, then releases the log; repeated calls change nothing. */
  abstract close(): Promise<void>;
}
