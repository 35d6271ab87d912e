import { ParquetArchive, openEventLog } from '@serendip/events-adapters';
import { ArchivedLog } from '@serendip/events-domain';
import { openObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { interactions, type History } from './history.js';
import { readHistory, type HistoryOptions } from './read-history.js';

/** Too little to learn anything from. */
const LEAST_INTERACTIONS = 200;
const LEAST_ITEMS = 10;

export interface LogToRead {
  readonly tenant: string;
  /** URLs of the log and of the object store with its archive. */
  readonly log: string;
  readonly objects: string;
}

/** A tenant's whole history, of log and archive. Throws FAILED_PRECONDITION/NOT_ENOUGH_DATA. */
export async function readLog({ log: url, objects, tenant }: LogToRead, options: HistoryOptions): Promise<History> {
  const log = new ArchivedLog(await openEventLog(url, { mode: 'reader' }), new ParquetArchive(openObjectStore(objects)));
  try {
    const history = await readHistory(log, tenant, options);
    if (interactions(history) < LEAST_INTERACTIONS || history.items.length < LEAST_ITEMS) {
      throw new DomainError('FAILED_PRECONDITION', 'NOT_ENOUGH_DATA', `There are ${interactions(history)} interactions with ${history.items.length} items: at least ${LEAST_INTERACTIONS} with ${LEAST_ITEMS} are needed.`);
    }
    return history;
  } finally {
    await log.close();
  }
}
