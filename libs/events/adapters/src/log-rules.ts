import type { LogRecord } from '@serendip/events-domain';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';

/** Throws for records of partitions that no log has. */
export function requirePartitions(records: readonly LogRecord[]): void {
  const stray = records.find(({ partition }) => !(Number.isInteger(partition) && partition >= 0 && partition < PARTITIONS));
  if (stray !== undefined) throw new RangeError(`The log has no partition ${stray.partition}.`);
}

export const closedLog = (): DomainError => new DomainError('UNAVAILABLE', 'LOG_CLOSED', 'The event log is closed.');

export const readOnlyLog = (): DomainError => new DomainError('FAILED_PRECONDITION', 'LOG_READ_ONLY', 'The event log was opened to read.');
