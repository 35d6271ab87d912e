/**
 * The process that a stranger's model runs in; it is asked over IPC, one thing at a time. Its only relative imports are types, so that it runs as
 * TypeScript too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SAVED_MODEL_FILE, loadRuntime, loadSavedModelFolder, prepareRuntime, type ModelRuntime, type Tensors as Given, type TensorSpec } from '@serendip/platform-runtimes';
import type { Answered, Asked, GraphTensor, Measured, Placed, Tensors } from './messages.js';

const LEAST_RUNS = 5;
/** A model that is far too slow is not run so often: so many times what was asked is enough. */
const MOST_TIMES = 5;
const MOST_RUNS = 1000;

let model: ModelRuntime | undefined;

process.on('message', (asked: Asked) => {
  answer(asked).catch((error: unknown): Answered => ({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })).then((answered) => process.send!(answered));
});
process.on('disconnect', () => process.exit());
// Whoever started it may die while a model keeps this thread busy for ever.
new Worker('const parent = process.ppid; setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 500);', { eval: true, execArgv: [] }).unref();

async function answer(asked: Asked): Promise<Answered> {
  if (asked.kind === 'prepare') {
    await prepareRuntime(asked.runtime);
    return { kind: 'prepared' };
  }
  if (asked.kind === 'load') {
    model = await load(asked.placed);
    return { kind: 'loaded', signature: { inputs: model.inputs.map(tensorOf), outputs: model.outputs.map(tensorOf) } };
  }
  const given = Object.fromEntries(Object.entries(asked.inputs).map(([name, { dtype, data, dims }]) => [name, { type: dtype, data, shape: dims }]));
  if (asked.kind === 'run') return { kind: 'ran', outputs: await run(given) };
  return { kind: 'measured', measured: await measure(given, asked.seconds) };
}

/** From bytes where that is possible: then a model can't name files. TensorFlow itself reads a SavedModel where it lies. */
function load({ runtime, folder, files }: Placed): Promise<ModelRuntime> {
  if (runtime === 'tfjs-node' && files.includes(SAVED_MODEL_FILE)) return loadSavedModelFolder(folder);
  return loadRuntime(runtime, Object.fromEntries(files.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])));
}

const tensorOf = ({ name, type, shape }: TensorSpec): GraphTensor => ({ name, dtype: type, shape: [...shape] });

async function run(given: Given): Promise<Tensors> {
  const outputs = await model!.run(given);
  return Object.fromEntries(Object.entries(outputs).map(([name, { type, shape, data }]) => [name, { dtype: type, dims: [...shape], data }]));
}

async function measure(given: Given, seconds: number): Promise<Measured> {
  await model!.run(given);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const spent = (): number => (performance.now() - begun) / 1000;
  while (times.length === 0 || (spent() < seconds * MOST_TIMES && times.length < LEAST_RUNS) || (spent() < seconds && times.length < MOST_RUNS)) {
    const started = performance.now();
    await model!.run(given);
    times.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const quantile = (p: number): number => times[Math.min(times.length - 1, Math.floor(times.length * p))]!;
  return { runs: times.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99), cpuSeconds: (user + system) / 1e6 / times.length };
}
