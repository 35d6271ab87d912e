import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeNpy, writeBundle, type DescribedModel } from '@serendip/platform-bundles';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { OnnxGraph, type Value } from '@serendip/platform-onnx';
import { DomainError } from '@serendip/shared-errors';
import { allPassed, checkBundle, type Check, type CheckOptions } from './index.js';

let folder: string;
let objects: ObjectStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-checks-'));
  objects = openObjectStore(`file:${folder}`);
});
afterEach(() => rmSync(folder, { recursive: true }));

type Body = (graph: OnnxGraph, sum: Value) => Value;

/** A graph whose scores are the body of the sum of a row's features; `rows` as they are declared. */
function graphOf(body: Body = (_, sum) => sum, rows: number | string = 'rows'): Uint8Array {
  const graph = new OnnxGraph('spec');
  const sum = graph.node('ReduceSum', [graph.input('features', 'float32', [rows, 2]), graph.integers([1])], { keepdims: 1 });
  graph.output('scores', body(graph, sum), 'float32', [rows, 1]);
  return graph.build();
}

const manifest: DescribedModel = {
  name: 'spec', kind: 'ranker', format: 'onnx', features: ['retrieval_score', 'popularity_7d'], heads: [{ name: 'engage', weight: 1 }], metrics: {},
  signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', 2] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 1] }] },
};

const golden = (scores: readonly number[] = [3, 7]): Uint8Array => Buffer.from(JSON.stringify({ inputs: { features: [[1, 2], [3, 4]] }, outputs: { scores: scores.map((score) => [score]) } }));

interface Parts extends CheckOptions {
  readonly model?: Partial<DescribedModel>;
  readonly files?: Readonly<Record<string, Uint8Array | undefined>>;
}

async function check({ model = {}, files = {}, ...options }: Parts = {}): Promise<readonly Check[]> {
  const all = { 'model.onnx': graphOf(), 'golden.jsonl': golden(), 'feature_means.npy': encodeNpy({ data: new Float32Array(2), shape: [2] }), ...files };
  const present = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined));
  return checkBundle(objects, await writeBundle(objects, { manifest: { ...manifest, ...model }, files: present }), options);
}

const outcomes = (checks: readonly Check[]): Record<string, string> => Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
const onnx = (body: Body, rows?: number | string): Parts => ({ files: { 'model.onnx': graphOf(body, rows) } });

describe('checks of a bundle', () => {
  it('pass what is as it says, with figures', async () => {
    const checks = await check();
    expect(outcomes(checks)).toEqual({ manifest: 'passed', safety: 'passed', load: 'passed', signature: 'passed', golden: 'passed', outputs: 'passed', latency: 'passed', evaluation: 'skipped' });
    expect(allPassed(checks)).toBe(true);
    const figures = Object.assign({}, ...checks.map((each) => each.figures)) as Record<string, number>;
    expect(figures).toMatchObject({ nodes: 2, weights: 1, cases: 1, largestDifference: 0 });
    for (const name of ['memoryMiB', 'rows1.p50Ms', 'rows32.cpuMs', 'rows500.p99Ms', 'rows500.costPerMillion']) expect(figures[name]).toBeGreaterThan(0);
  });

  it('say what it costs by the prices they are given', async () => {
    const latency = async (cpuHour: number) => (await check({ prices: { cpuHour, gibibyteHour: 0, gpuHour: 0 } })).find(({ name }) => name === 'latency')!.figures;
    expect((await latency(0))['rows500.costPerMillion']).toBe(0);
    const figures = await latency(3600);
    expect(figures['rows500.costPerMillion']! / figures['rows500.cpuMs']!).toBeCloseTo(1000, 6);
  });

  it('hold it against the champion last', async () => {
    const evaluated = await check({ evaluate: async () => ({ detail: 'better', figures: { difference: 0.1 } }) });
    expect(evaluated.at(-1)).toEqual({ name: 'evaluation', outcome: 'passed', detail: 'better', figures: { difference: 0.1 } });
  });

  const softmaxOverRows: Body = (graph, sum) => graph.node('Softmax', [sum], { axis: 0 });
  const behindLeast: Body = (graph, sum) => graph.node('Sub', [sum, graph.node('ReduceMin', [sum], { keepdims: 1 })]);
  const twice: Body = (graph, sum) => graph.node('Concat', [sum, sum], { axis: 0 });

  it.each<[string, Parts, string, RegExp]>([
    ['a feature there is not', { model: { features: ['retrieval_score', 'shoe_size'] } }, 'manifest', /shoe_size/],
    ['no golden outputs', { files: { 'golden.jsonl': undefined } }, 'manifest', /golden\.jsonl is missing.*"outputs"/],
    ['no means', { files: { 'feature_means.npy': undefined } }, 'manifest', /numpy\.save/],
    ['no signature', { model: { signature: undefined } }, 'manifest', /signature/],
    ['a TensorFlow model without one', { model: { format: 'tensorflow' } }, 'manifest', /neither model\.json.*nor saved_model\.pb/],
    ['a TensorFlow retriever', { model: { format: 'tensorflow', kind: 'retriever' } }, 'manifest', /ranker only.*tf2onnx/],
    ['means of other features', { files: { 'feature_means.npy': encodeNpy({ data: new Float32Array(3), shape: [3] }) } }, 'safety', /\[3\], not \[2\]/],
    ['code', { files: { 'notes.txt': Buffer.from('#!/bin/sh\nrm -rf /') } }, 'safety', /a program/],
    ['randomness', onnx((graph, sum) => graph.node('Add', [sum, graph.node('RandomUniformLike', [sum])])), 'safety', /RandomUniformLike.*evaluation mode/],
    ['operators of one\'s own', onnx((graph, sum) => graph.node('my.domain::Launch', [sum])), 'safety', /my\.domain::Launch.*code/],
    ['a model cut short', { files: { 'model.onnx': graphOf().subarray(0, 60) } }, 'safety', /no ONNX model/],
    ['text', { files: { 'model.onnx': Buffer.from('a model') } }, 'safety', /no ONNX model/],
    ['what the runtime can not make sense of', onnx((graph, sum) => graph.node('Reshape', [sum])), 'load', /./],
    ['another input', { model: { signature: { inputs: manifest.signature!.inputs, outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 1] }] } }, files: { 'model.onnx': renamed() } }, 'signature', /input 'x'/],
    ['fixed rows', onnx((_, sum) => sum, 8), 'signature', /\[8, 2\]/],
    ['another score than it says', { files: { 'golden.jsonl': golden([3, 7.1]) } }, 'golden', /Line 1.*is 7, not 7\.099/],
    ['NaN in golden outputs', { files: { 'golden.jsonl': Buffer.from('{"inputs": {"features": [[1, 2]]}, "outputs": {"scores": [[NaN]]}}') } }, 'golden', /NaN/],
    ['golden inputs of another shape', { files: { 'golden.jsonl': Buffer.from('{"inputs": {"features": [[1]]}, "outputs": {"scores": [[1]]}}') } }, 'golden', /\[1, 1\], not \[rows, 2\]/],
    ['rows that depend on each other', { files: { 'model.onnx': graphOf(softmaxOverRows), 'golden.jsonl': golden([0.01798621, 0.98201379]) } }, 'outputs', /rows beside it/],
    ['rows that depend on one of them', { files: { 'model.onnx': graphOf(behindLeast), 'golden.jsonl': golden([0, 4]) } }, 'outputs', /rows beside it/],
    ['another number of rows', { files: { 'model.onnx': graphOf(twice), 'golden.jsonl': golden([3, 7, 3, 7]) } }, 'outputs', /64 rows for 32/],
    ['infinities', { files: { 'model.onnx': graphOf((graph, sum) => graph.node('Exp', [sum])), 'golden.jsonl': golden([Math.exp(3), Math.exp(7)]) } }, 'outputs', /Infinity for an input of 1000000/],
  ])('refuse %s, and say why', async (_, parts, name, why) => {
    const checks = await check(parts);
    const failed = checks.filter(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject([{ name, detail: expect.stringMatching(why) }]);
    expect(checks.slice(checks.indexOf(failed[0]!) + 1).every(({ outcome }) => outcome === 'skipped')).toBe(true);
    expect(allPassed(checks)).toBe(false);
  });

  const huge: Body = (graph, sum) => {
    const tensor = graph.node('Expand', [sum, graph.constant(BigInt64Array.of(1n, 1n << 31n), [2])]);
    return graph.node('ReduceSum', [graph.node('Exp', [tensor]), graph.integers([1])], { keepdims: 1 });
  };
  const slow: Body = (graph, sum) => {
    let matrix = graph.node('Expand', [graph.node('ReduceSum', [sum], { keepdims: 1 }), graph.constant(BigInt64Array.of(2000n, 2000n), [2])]);
    for (let i = 0; i < 2000; i++) matrix = graph.node('MatMul', [matrix, matrix]);
    return graph.node('Add', [sum, graph.node('ReduceSum', [matrix], { keepdims: 1 })]);
  };

  it('end what takes too much memory or never ends, and go on', async () => {
    expect((await check({ ...onnx(huge), limits: { memoryBytes: 2 ** 29, timeoutMs: 60_000 } })).find(({ outcome }) => outcome === 'failed')).toMatchObject({ name: 'golden', detail: expect.stringContaining('512 MiB') });
    expect((await check({ ...onnx(slow), limits: { memoryBytes: 2 ** 31, timeoutMs: 10_000 } })).find(({ outcome }) => outcome === 'failed')).toMatchObject({ name: 'golden', detail: expect.stringContaining('may never end') });
    expect(allPassed(await check())).toBe(true);
  }, 120_000);

  it('blame nobody while the object store is away', async () => {
    const stored = await writeBundle(objects, { manifest, files: {} });
    objects.get = async () => { throw new DomainError('UNAVAILABLE', 'OBJECT_STORE_UNAVAILABLE', 'Away.'); };
    await expect(checkBundle(objects, stored)).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
  });
});

function renamed(): Uint8Array {
  const graph = new OnnxGraph('renamed');
  graph.output('scores', graph.node('ReduceSum', [graph.input('x', 'float32', ['rows', 2]), graph.integers([1])], { keepdims: 1 }), 'float32', ['rows', 1]);
  return graph.build();
}
