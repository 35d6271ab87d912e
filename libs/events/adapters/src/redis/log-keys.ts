/** Every key of a log begins with this; a Redis database holds one log. */
export const LOG_PREFIX = 'serendip:log';

/** A hash: layout version, partitions, epoch, whether it was closed cleanly, and the run id of the server it was opened on. */
export const HEADER_KEY = `${LOG_PREFIX}:header`;

/** A stream of one entry: the durable end of each partition, joined by commas. */
export const ENDS_KEY = `${LOG_PREFIX}:ends`;

/** A hash: import states as JSON by tenant and id. */
export const IMPORTS_KEY = `${LOG_PREFIX}:imports`;

/** The stream of a partition: the record at position p is the entry with the id p-0. */
export const streamKey = (partition: number): string => `${LOG_PREFIX}:events:${partition}`;

/** A hash: a group's committed position by partition. */
export const consumersKey = (group: string): string => `${LOG_PREFIX}:consumers:${group}`;

/** What a writer committed last; kept for an hour. */
export const writerKey = (writer: string): string => `${LOG_PREFIX}:writer:${writer}`;
