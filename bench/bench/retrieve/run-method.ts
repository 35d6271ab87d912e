/** Runs one method over one table in a process of its own, so that no other's memory is in its way. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quantile, rounded } from '../../shared/show.ts';
import { BEST, METHODS } from './methods.ts';
import { DIMENSION, vectorsOf } from './table.ts';

export interface MethodRun {
  readonly method: string;
  readonly items: number;
  /** Of searching, once it has warmed up. */
  readonly seconds: number;
}

export interface MethodFigures {
  readonly queriesPerSecond: number;
  readonly cpuMs: number;
  readonly p99Ms: number;
  readonly recall100: number;
  readonly readySeconds: number;
  readonly memoryMiB: number;
}

const QUERIES = 256;
/** Queries whose answers are compared with the right ones. */
const COMPARED = 32;
const WARM_UP_SHARE = 0.25;

export function runMethod(run: MethodRun): Promise<MethodFigures> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(run)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  return new Promise((resolve, reject) => {
    child.once('message', (figures) => resolve(figures as MethodFigures));
    child.once('exit', (code, signal) => reject(new Error(`${run.method} over ${run.items} ended with ${signal ?? code}: ${said.slice(-500)}`)));
  });
}

/** The right answers, in double precision. */
function right(vectors: Float32Array, query: Float32Array): ReadonlySet<number> {
  const scores = Float64Array.from({ length: vectors.length / DIMENSION }, (_, row) => {
    let score = 0;
    for (let c = 0, at = row * DIMENSION; c < DIMENSION; c++, at++) score += vectors[at]! * query[c]!;
    return score;
  });
  const threshold = Float64Array.from(scores).sort().at(-BEST)!;
  return new Set(Array.from(scores.keys()).filter((row) => scores[row]! >= threshold));
}

async function work({ method, items, seconds }: MethodRun): Promise<MethodFigures> {
  const vectors = vectorsOf(items, 7);
  const all = vectorsOf(QUERIES, 11);
  const query = (n: number): Float32Array => all.subarray((n % QUERIES) * DIMENSION, ((n % QUERIES) + 1) * DIMENSION);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const { search, atOnce, close } = await METHODS[method]!(vectors);
  await search(query(0));
  const readySeconds = (performance.now() - began) / 1000;
  let found = 0;
  for (let n = 0; n < COMPARED; n += atOnce) {
    const answers = await Promise.all(Array.from({ length: atOnce }, (_, i) => search(query(n + i))));
    answers.forEach((rows, i) => {
      const best = right(vectors, query(n + i));
      found += rows.filter((row) => best.has(row)).length;
    });
  }
  const load = async (ms: number) => {
    const latenciesMs: number[] = [];
    const started = performance.now();
    const cpu = process.cpuUsage();
    let n = 0;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      while (performance.now() - started < ms) {
        const asked = performance.now();
        await search(query(n++));
        latenciesMs.push(performance.now() - asked);
      }
    }));
    const { user, system } = process.cpuUsage(cpu);
    return { latenciesMs, tookMs: performance.now() - started, cpuMs: (user + system) / 1000 };
  };
  await load(seconds * 1000 * WARM_UP_SHARE);
  const { latenciesMs, tookMs, cpuMs } = await load(seconds * 1000);
  const memoryMiB = (process.memoryUsage.rss() - before) / 2 ** 20;
  await close?.();
  return {
    queriesPerSecond: rounded(latenciesMs.length / (tookMs / 1000), 1), cpuMs: rounded(cpuMs / latenciesMs.length, 3), p99Ms: rounded(quantile(latenciesMs, 0.99), 2),
    recall100: rounded(found / COMPARED / BEST, 4), readySeconds: rounded(readySeconds, 1), memoryMiB: Math.round(memoryMiB),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.send!(await work(JSON.parse(process.argv[2]!) as MethodRun));
  process.disconnect();
}
