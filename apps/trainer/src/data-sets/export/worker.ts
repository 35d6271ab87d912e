import { parentPort, workerData } from 'node:worker_threads';
import { ParquetArchive } from '@serendip/events-adapters';
import { openObjectStore } from '@serendip/platform-objects';
import { isDomainError } from '@serendip/shared-errors';
import { DataSets } from '../data-sets.js';
import type { ExportMessage, ExportThreadTask } from './exports.js';
import { writeExport } from './write-export.js';

/** The thread that an export has to itself. */
const { task: { tenant, dataSetId, options, settings, objects: url }, cancelled } = workerData as { task: ExportThreadTask; cancelled: Int32Array };
const tell = (message: ExportMessage): void => parentPort!.postMessage(message);

try {
  const objects = openObjectStore(url);
  const archive = new ParquetArchive(objects);
  const dataSets = new DataSets({ objects, archive, now: () => Date.now() });
  const manifest = await writeExport({
    objects, archive, dataSets, dataSet: await dataSets.get(tenant, dataSetId), options, settings,
    onProgress: (stage, share) => tell({ kind: 'progress', stage, share }),
    signal: { get aborted() { return Atomics.load(cancelled, 0) === 1; } },
  });
  tell({ kind: 'done', manifest });
} catch (error) {
  tell({ kind: 'failed', message: isDomainError(error) ? `${error.reason}: ${error.message}` : error instanceof Error ? error.stack ?? error.message : String(error) });
}
