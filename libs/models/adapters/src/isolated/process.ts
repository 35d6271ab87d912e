/**
 * The process that a stranger's model runs in; it is asked over IPC, one thing at a time. Its only relative imports are types, so that it runs as
 * TypeScript too.
 */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Answered, Asked, GraphTensor, Measured, Tensors, TensorValue } from './messages.js';

const LEAST_RUNS = 5;
/** A model that is far too slow is not run so often: so many times what was asked is enough. */
const MOST_TIMES = 5;
const MOST_RUNS = 1000;

let session: InferenceSession | undefined;

process.on('message', (asked: Asked) => {
  answer(asked).catch((error: unknown): Answered => ({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })).then((answered) => process.send!(answered));
});
process.on('disconnect', () => process.exit());
// Whoever started it may die while a model keeps this thread busy for ever.
new Worker('const parent = process.ppid; setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 500);', { eval: true, execArgv: [] }).unref();

async function answer(asked: Asked): Promise<Answered> {
  if (asked.kind === 'load') {
    // From bytes, never from a path: then a model can't name files.
    session = await InferenceSession.create(readFileSync(asked.file), { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
    return { kind: 'loaded', signature: { inputs: session.inputMetadata.map(tensorOf), outputs: session.outputMetadata.map(tensorOf) } };
  }
  const feeds = Object.fromEntries(Object.entries(asked.inputs).map(([name, { dtype, data, dims }]) => [name, new Tensor(dtype, data as Float32Array, dims)]));
  if (asked.kind === 'run') return { kind: 'ran', outputs: await run(feeds) };
  return { kind: 'measured', measured: await measure(feeds, asked.seconds) };
}

const tensorOf = (metadata: InferenceSession.ValueMetadata): GraphTensor => (
  metadata.isTensor ? { name: metadata.name, dtype: metadata.type, shape: [...metadata.shape] } : { name: metadata.name, dtype: 'no tensor', shape: [] });

async function run(feeds: Record<string, Tensor>): Promise<Tensors> {
  const outputs = await session!.run(feeds);
  return Object.fromEntries(Object.entries(outputs).map(([name, { type, dims, data }]) => [name, { dtype: type as TensorValue['dtype'], dims: [...dims], data: data as Float32Array }]));
}

async function measure(feeds: Record<string, Tensor>, seconds: number): Promise<Measured> {
  await session!.run(feeds);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const spent = (): number => (performance.now() - begun) / 1000;
  while (times.length === 0 || (spent() < seconds * MOST_TIMES && times.length < LEAST_RUNS) || (spent() < seconds && times.length < MOST_RUNS)) {
    const started = performance.now();
    await session!.run(feeds);
    times.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const quantile = (p: number): number => times[Math.min(times.length - 1, Math.floor(times.length * p))]!;
  return { runs: times.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99), cpuSeconds: (user + system) / 1e6 / times.length };
}
