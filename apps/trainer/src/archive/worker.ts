import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { setInterval } from 'node:timers/promises';
import { ArchiveWriter, ParquetArchive, openEventLog } from '@serendip/events-adapters';
import { openObjectStore } from '@serendip/platform-objects';
import { isDomainError } from '@serendip/shared-errors';
import { Archiver } from './archiver.js';
import type { ArchiveTask, FromArchiver, ToArchiver } from './messages.js';

/** The thread that archives: Parquet is arithmetic, and the service must answer meanwhile. */
const STATE_MS = 1000;
// Nobody waits for it, and a commit is seconds of arithmetic. On Linux this is the thread's own priority, elsewhere the whole process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
const { log: url, objects: store, retention, versions } = workerData as ArchiveTask;
const tell = (message: FromArchiver): void => parentPort!.postMessage(message);
const stopping = new AbortController();
const now = (): number => Date.now();

const log = await openEventLog(url, { mode: 'reader' });
const objects = openObjectStore(store);
const archive = new ParquetArchive(objects);
const writer = await ArchiveWriter.open({ objects, archive, versions, now });
const archiver = new Archiver({ log, objects, positions: log.positions, archive, writer, retention, now });

async function archiveNow(id: number): Promise<void> {
  try {
    const before = { ...archiver.erased };
    const commit = await archiver.archiveNow();
    tell({ kind: 'archived', id, commit, erased: { records: archiver.erased.records - before.records, files: archiver.erased.files - before.files } });
  } catch (error) {
    const known = isDomainError(error) ? error : undefined;
    tell({ kind: 'failed', id, code: known?.code ?? 'INTERNAL', reason: known?.reason ?? 'ARCHIVE_FAILED', message: known?.message ?? 'The log could not be archived.' });
    throw error;
  }
}

async function report(): Promise<void> {
  for await (const _ of setInterval(STATE_MS, undefined, { signal: stopping.signal })) tell({ kind: 'state', commits: (await archive.commits()).length, lag: await archiver.lag() });
}

const asked = new Promise<never>((_, reject) => {
  parentPort!.on('message', (message: ToArchiver) => {
    if (message.kind === 'stop') stopping.abort();
    else archiveNow(message.id).catch(reject);
  });
});
const following = archiver.follow(stopping.signal);
try {
  await Promise.race([asked, following, report()]);
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  // The log is read until the commit that is being written is there.
  await following;
} finally {
  parentPort!.close();
  await log.close();
}
