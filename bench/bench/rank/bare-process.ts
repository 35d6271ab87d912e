/** The bare runtime as a process of its own, so that the kernel counts its CPU: the reference ranker over rows that are there, one run after the other on one thread. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { noise } from '../../shared/random.ts';
import { REFERENCE_FEATURES, referenceGraph } from '../reference/models.ts';

export interface Turn {
  readonly rows: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export interface BareProcess {
  readonly pid: number;
  /** Runs for so long, going round so many requests. */
  turn(requests: number, ms: number): Promise<Turn>;
  close(): void;
}

/** Rows of the n-th request: every request has its own, as in life. */
export const rowsOf = (n: number, rows: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: rows * REFERENCE_FEATURES.length }, noise(n + 1));

export function startBareProcess(rows: number): BareProcess {
  const child = fork(fileURLToPath(import.meta.url), [String(rows)]);
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`The bare runtime ended with status ${code}.`); });
  ended.catch(() => undefined);
  return {
    pid: child.pid!,
    turn: async (requests, ms) => {
      child.send({ requests, ms });
      const [turn] = await Promise.race([once(child, 'message'), ended]);
      return turn as Turn;
    },
    close: () => void child.kill(),
  };
}

async function work(rows: number): Promise<void> {
  const session = await InferenceSession.create(referenceGraph(), { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
  process.on('message', async ({ requests, ms }: { readonly requests: number; readonly ms: number }) => {
    const inputs = Array.from({ length: requests }, (_, n) => rowsOf(n, rows));
    const began = performance.now();
    const cpu = process.cpuUsage();
    let runs = 0;
    while (performance.now() - began < ms) await session.run({ features: new Tensor('float32', inputs[runs++ % requests]!, [rows, REFERENCE_FEATURES.length]) });
    const { user, system } = process.cpuUsage(cpu);
    process.send!({ rows: runs * rows, wallSeconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 } satisfies Turn);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await work(Number(process.argv[2]));
