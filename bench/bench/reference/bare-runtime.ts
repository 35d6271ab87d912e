/** The bare runtime beside the services: runs the reference ranker now and then in a thread of its own and counts that thread's CPU. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, workerData, Worker } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { noise } from '../../shared/random.ts';
import { REFERENCE_FEATURES, referenceGraph } from './models.ts';

const PAUSE_MS = 100;
/** One after the other, so that what a pause does to the caches is not counted as the model's. */
const RUNS_IN_A_ROW = 5;
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

/** CPU of this thread up to now. Linux brings a running thread's count up to date only when the whole process is asked for: without that, what was used since the last tick (4 ms) is missing. */
function threadCpuMicros(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return user + system;
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
    const before = threadCpuMicros();
    for (let i = 0; i < RUNS_IN_A_ROW; i++) await run();
    micros += threadCpuMicros() - before;
    runs += RUNS_IN_A_ROW;
  }
  parentPort!.postMessage(micros / 1000 / runs);
}

if (!isMainThread) await work((workerData as { readonly rows: number }).rows);
