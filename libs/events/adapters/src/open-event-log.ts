import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';
import { LmdbEventLog, type LmdbEventLogOptions } from './lmdb/lmdb-event-log.js';

export interface OpenEventLogOptions extends LmdbEventLogOptions {
  /** How long a reader waits for a log that no writer has made yet, milliseconds; default 30 s. */
  readonly waitMs?: number;
}

const retryMs = 50;

/**
 * Opens the log at `lmdb:PATH`. INVALID_ARGUMENT/LOG_URL_INVALID for another URL, UNAVAILABLE/LOG_MISSING for a reader whose
 * log is not there in time, FAILED_PRECONDITION/LOG_INCOMPATIBLE or LOG_EPOCHS_EXHAUSTED for a log that cannot go on.
 */
export async function openEventLog(url: string, options: OpenEventLogOptions): Promise<LmdbEventLog> {
  const path = /^lmdb:(?<path>.+)$/.exec(url)?.groups?.['path'];
  if (path === undefined) throw new DomainError('INVALID_ARGUMENT', 'LOG_URL_INVALID', `${url} is no event log: say lmdb:PATH.`);
  if (options.mode === 'reader') await appearance(path, options.waitMs ?? 30_000);
  return new LmdbEventLog(path, options);
}

/** Waits until a writer has made the log. */
async function appearance(path: string, waitMs: number): Promise<void> {
  const giveUp = performance.now() + waitMs;
  while (!(await exists(join(path, 'durable-ends')))) {
    if (performance.now() >= giveUp) throw new DomainError('UNAVAILABLE', 'LOG_MISSING', 'There is no event log yet: start ingestion first.');
    await wait(retryMs);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
