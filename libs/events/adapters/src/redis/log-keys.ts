/** Every key of a log begins with this, so that all of them are in one slot of a cluster; a Redis database, or a cluster, holds one log. */
export const LOG_PREFIX = '{serendip:log}';

/** A hash: layout version, partitions, epoch, whether it was closed cleanly, and the run id of the server it was opened on. */
export const HEADER_KEY = `${LOG_PREFIX}:header`;

/** A stream of one entry: the durable end of each partition, joined by commas. */
export const ENDS_KEY = `${LOG_PREFIX}:ends`;

/** A hash: the next position by partition. */
export const NEXT_KEY = `${LOG_PREFIX}:next`;

/** A hash: import states as JSON by tenant and id. */
export const IMPORTS_KEY = `${LOG_PREFIX}:imports`;

/** The stream of a partition: the record at position p is the entry with the id p-0. */
export const streamKey = (partition: number): string => `${LOG_PREFIX}:events:${partition}`;

/** A hash: a group's committed position by partition. */
export const consumersKey = (group: string): string => `${LOG_PREFIX}:consumers:${group}`;

/** What a writer committed last; kept for an hour. */
export const writerKey = (writer: string): string => `${LOG_PREFIX}:writer:${writer}`;

/** Dead letters of a tenant: hashes of rows and of what pages need of each by id, how many by reason; a sorted set of ids by the time of the last refusal. */
export const deadLetterKeys = (tenant: string) => ({
  rows: `${LOG_PREFIX}:dead-letters:rows:${tenant}`,
  facts: `${LOG_PREFIX}:dead-letters:facts:${tenant}`,
  totals: `${LOG_PREFIX}:dead-letters:totals:${tenant}`,
  order: `${LOG_PREFIX}:dead-letters:order:${tenant}`,
});

/** A hash: bytes of the rows of dead letters by tenant. */
export const DEAD_LETTER_BYTES_KEY = `${LOG_PREFIX}:dead-letters:bytes`;
