import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@serendip/shared-errors';
import { markovSequences } from '@serendip/training-domain/testing';
import { asDomainError, buffersOf, fromFailure, toFailure } from './messages.js';
import { runInWorker, type WorkerOptions } from './run-in-worker.js';

const itemCount = 40;
const sequences = markovSequences({ itemCount, sequences: 60, length: 10 });
const options = { dimension: 8, hidden: 8, lags: 4, negatives: 16, epochs: 2 };

const compiled = new URL('../../dist/worker/training-worker.js', import.meta.url);
const places: [string, WorkerOptions][] = [['on this thread', {}]];
if (existsSync(fileURLToPath(compiled))) places.push(['in a worker', { workerUrl: compiled }]);
else console.warn('The worker is not compiled (node tools/build.mjs), so tasks are tested on this thread only.');

describe.each(places)('runInWorker %s', (_, place) => {
  it('answers what the task answers, and passes its progress on', async () => {
    const stages = new Set<string>();
    const model = await runInWorker('lag-filter', { sequences, itemCount, options }, { ...place, onProgress: ({ stage }) => stages.add(stage) });
    const again = await runInWorker('lag-filter', { sequences, itemCount, options }, place);
    expect(model.itemOut.length).toBe(itemCount * 8);
    expect([...again.itemOut]).toEqual([...model.itemOut]);
    expect([...stages]).toEqual(['retriever']);
    const table = await runInWorker('neighbours', { sequences, itemCount, options: { top: 5 } }, place);
    expect(table.ids.length).toBe(itemCount * 5);
  });

  it('rejects with the task’s own error', async () => {
    const failing = runInWorker('similar', { sequences, itemCount: 3 }, place);
    await expect(failing).rejects.toBeInstanceOf(DomainError);
    await expect(failing).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'BAD_SEQUENCES' });
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const training = runInWorker('lag-filter', { sequences, itemCount, options: { ...options, epochs: 100_000 } }, { ...place, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(training).rejects.toMatchObject({ code: 'CANCELLED', reason: 'TRAINING_CANCELLED' });
    await expect(runInWorker('similar', { sequences, itemCount }, { ...place, signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('worker messages', () => {
  it('carry a domain error whole, and anything else as a fault of ours', () => {
    const error = new DomainError('NOT_FOUND', 'X', 'No x.', { metadata: { id: '1' } });
    expect(fromFailure(toFailure(error))).toMatchObject({ code: 'NOT_FOUND', reason: 'X', message: 'No x.', metadata: { id: '1' } });
    expect(asDomainError(new TypeError('odd'))).toMatchObject({ code: 'INTERNAL', reason: 'TRAINING_FAILED' });
  });

  it('name every buffer of a value once, shared ones not', () => {
    const buffer = new ArrayBuffer(16);
    const value = { a: new Float32Array(buffer, 0, 2), list: [new Int32Array(buffer), { b: new Uint8Array(new SharedArrayBuffer(4)) }], n: 3, none: undefined };
    expect(buffersOf(value)).toEqual([buffer]);
  });
});
