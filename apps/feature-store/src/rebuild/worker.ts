import { parentPort, workerData } from 'node:worker_threads';
import { ParquetArchive, openEventLog } from '@serendip/events-adapters';
import { ArchivedLog } from '@serendip/events-domain';
import { MessageDocuments, openGeneration } from '@serendip/features-adapters';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { GenerationBuilder } from './generation-builder.js';
import type { FromRebuilder, RebuildTask, ToRebuilder } from './messages.js';

/** The thread that makes a generation: the service answers meanwhile. */
const { log: url, objects, generation, logLevel, dedupe } = workerData as RebuildTask;
const TELL_MS = 200;
const tell = (message: FromRebuilder): void => parentPort!.postMessage(message);

const log = new ArchivedLog(await openEventLog(url, { mode: 'reader' }), new ParquetArchive(openObjectStore(objects)));
const store = await openGeneration(generation);
let toldAtMs = 0;
const onProgress = (applied: number, total: number): void => {
  if (performance.now() - toldAtMs < TELL_MS) return;
  toldAtMs = performance.now();
  tell({ kind: 'progress', applied, total });
};
const builder = new GenerationBuilder({ log, store, documents: new MessageDocuments(), logger: createLogger('feature-store', logLevel), dedupe, onProgress });

const asked = new Promise<ToRebuilder>((resolve) => { parentPort!.once('message', resolve); });
await builder.load();
await builder.catchUp();
tell({ kind: 'caught-up' });
const { cursors } = await asked;
const reached = await builder.applyTo(cursors);
await log.close();
await store.close();
tell({ kind: 'finished', cursors: reached });
