/** Loads a retriever version as the embedding service does, in a process of its own, and watches how long its event loop is held up at one go. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBundle } from '@serendip/platform-bundles';
import { openObjectStore } from '@serendip/platform-objects';
import { ThreadRetrieverLoader, retrieverBundle } from '@serendip/retrieval-adapters';
import { RetrieverSet } from '@serendip/retrieval-domain';
import { FakeCatalogue } from '@serendip/retrieval-domain/testing';
import { rounded } from '../../shared/show.ts';
import { DIMENSION, vectorsOf } from './table.ts';

export interface LoadFigures {
  /** From reading the bundle until it serves. */
  readonly seconds: number;
  /** The most CPU that the service's own thread took at one go. */
  readonly longestTurnMs: number;
}

export function loadVersion(items: number): Promise<LoadFigures> {
  const child = fork(fileURLToPath(import.meta.url), [String(items)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  return new Promise((resolve, reject) => {
    child.once('message', (figures) => resolve(figures as LoadFigures));
    child.once('exit', (code, signal) => reject(new Error(`Loading ${items} items ended with ${signal ?? code}: ${said.slice(-500)}`)));
  });
}

/** Takes every turn of the event loop until it is stopped, which answers the most CPU between two of them, in milliseconds. In CPU, for others may use the machine too. */
function watchTurns(): { stop(): number } {
  let [longest, last, over] = [0, cpuMs(), false];
  const turn = (): void => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      over = true;
      turn();
      return longest;
    },
  };
}

/** Of this thread. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function work(count: number, folder: string): Promise<LoadFigures> {
  const url = `file:${folder}`;
  const items = Array.from({ length: count }, (_, row) => `item-${row}`);
  const vectors = vectorsOf(count, 7);
  const zeros = (length: number): Float32Array => new Float32Array(length);
  const { bundle, digest } = await writeBundle(openObjectStore(url), retrieverBundle('cf', {
    reference: 'cf@1', items, itemOut: vectors, bias: zeros(count),
    encoder: { dimension: DIMENSION, lags: 1, hidden: 1, itemIn: vectors, lagWeights: zeros(DIMENSION).fill(1), w1: zeros(DIMENSION), b1: zeros(1), w2: zeros(DIMENSION) },
  }));
  const catalogue = new FakeCatalogue(items.map((id, row) => ({ id, categories: [`category-${row % 100}`] })));
  const failures: unknown[] = [];
  const retrievers = new RetrieverSet({
    loader: new ThreadRetrieverLoader(url), catalogues: catalogue, clock: () => performance.now(), onLoad: (_, { error }) => { if (error !== undefined) failures.push(error); },
  });
  const turns = watchTurns();
  const began = performance.now();
  await retrievers.update([{ tenant: 't', name: 'cf', version: 1, bundle, digest }]);
  const seconds = (performance.now() - began) / 1000;
  const longestTurnMs = turns.stop();
  if (failures.length > 0) throw failures[0];
  return { seconds: rounded(seconds, 1), longestTurnMs: rounded(longestTurnMs, 1) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-retrieve-'));
  try {
    process.send!(await work(Number(process.argv[2]), folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.disconnect();
}
