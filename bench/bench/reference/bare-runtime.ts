/** The bare runtime beside the services: runs the reference ranker now and then in a thread of its own and counts that thread's CPU. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, workerData, Worker } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { REFERENCE_FEATURES, noise, referenceGraph } from './models.ts';

const PAUSE_MS = 40;
const WARM_UP_RUNS = 50;

/** Started when the load is; `stop` answers the milliseconds of CPU of one run over `rows` candidates, on one thread. */
export function startBareRuntime(rows: number): { stop(): Promise<number> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: { rows } });
  return {
    stop: () => new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage('stop');
    }),
  };
}

async function work(rows: number): Promise<void> {
  const session = await InferenceSession.create(referenceGraph(), { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
  const features = Float32Array.from({ length: rows * REFERENCE_FEATURES.length }, noise(5));
  const run = () => session.run({ features: new Tensor('float32', features, [rows, REFERENCE_FEATURES.length]) });
  for (let i = 0; i < WARM_UP_RUNS; i++) await run();
  let stopped = false;
  parentPort!.once('message', () => { stopped = true; });
  let micros = 0;
  let runs = 0;
  while (!stopped || runs === 0) {
    await sleep(PAUSE_MS);
    const before = process.threadCpuUsage();
    await run();
    const { user, system } = process.threadCpuUsage(before);
    micros += user + system;
    runs++;
  }
  parentPort!.postMessage(micros / 1000 / runs);
}

if (!isMainThread) await work((workerData as { readonly rows: number }).rows);
