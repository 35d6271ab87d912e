import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeBundle, type DescribedModel } from '@serendip/platform-bundles';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { OnnxGraph, type Value } from '@serendip/platform-onnx';
import { ItemInputs } from '@serendip/shared-catalogue';
import { checkBundle, type Check } from './index.js';

let folder: string;
let objects: ObjectStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'item-encoder-checks-'));
  objects = openObjectStore(`file:${folder}`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const features = ['price', 'tags#4'];
const item = { title: 'Boots', price: 3, tags: ['new'], categories: ['shoes'], attributes: { brand: 'Acme' }, available: true };
const row = rowOf(item);

function rowOf({ price, tags }: { readonly price: number; readonly tags: readonly string[] }): number[] {
  const inputs = new ItemInputs(features);
  const columns = new Float32Array(inputs.width);
  inputs.write({ title: '', categories: [], attributes: {}, price, tags }, columns, 0);
  return [...columns];
}

/** Vectors of two values, each the sum of a row. */
function graphOf(body: (graph: OnnxGraph, sum: Value) => Value = (_, sum) => sum): Uint8Array {
  const graph = new OnnxGraph('spec');
  const sum = body(graph, graph.node('ReduceSum', [graph.input('features', 'float32', ['rows', 6]), graph.integers([1])], { keepdims: 1 }));
  graph.output('vectors', graph.node('Concat', [sum, sum], { axis: 1 }), 'float32', ['rows', 2]);
  return graph.build();
}

const manifest: DescribedModel = {
  name: 'spec', kind: 'item-encoder', format: 'onnx', features, metrics: {}, retriever: { name: 'retriever@4', digest: 'a'.repeat(64) },
  signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', 6] }], outputs: [{ name: 'vectors', dtype: 'float32', shape: ['rows', 2] }] },
};
const golden = { items: [item], inputs: { features: [row] }, outputs: { vectors: [[5, 5]] } };

function check({ model = {}, line = golden, graph = graphOf() }: { readonly model?: Partial<DescribedModel>; readonly line?: object; readonly graph?: Uint8Array } = {}): Promise<readonly Check[]> {
  return writeBundle(objects, { manifest: { ...manifest, ...model }, files: { 'model.onnx': graph, 'golden.jsonl': Buffer.from(JSON.stringify(line)) } }).then((stored) => checkBundle(objects, stored));
}

describe('checks of an item encoder', () => {
  it('pass what is as it says, and hold its rows against what serving makes of the golden items', async () => {
    const checks = await check();
    expect(checks.filter(({ outcome }) => outcome !== 'passed')).toMatchObject([{ name: 'evaluation', outcome: 'skipped' }]);
    expect(checks.find(({ name }) => name === 'golden')).toMatchObject({ detail: expect.stringContaining('the same rows of 1 golden items'), figures: { cases: 1, goldenItems: 1 } });
  });

  it.each<[string, Parameters<typeof check>[0], string, RegExp]>([
    ['no retriever', { model: { retriever: undefined } }, 'manifest', /`retriever` is missing/],
    ['an input that there is not', { model: { features: ['price', 'colour'] } }, 'manifest', /'colour' is no input/],
    ['rows of another width', { model: { features: ['price', 'tags#8'] } }, 'manifest', /\[rows, 10\]/],
    ['another output', { model: { signature: { ...manifest.signature!, outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 2] }] } } }, 'manifest', /'vectors', float32, \[rows, d\]/],
    ['no golden items', { line: { inputs: golden.inputs, outputs: golden.outputs } }, 'golden', /0 items for 1 rows.*GET \/v1\/items/],
    ['rows that serving makes otherwise', { line: { ...golden, inputs: { features: [[3, 1, ...row.slice(2).map((value) => 1 - value)]] }, outputs: { vectors: [[7, 7]] } } }, 'golden', /column 2 of item 0, which is of 'tags#4', is \d, and serving makes it \d.*inputs\.py/],
    ['NaN', { graph: graphOf((graph, sum) => graph.node('Sqrt', [sum])), line: { ...golden, outputs: { vectors: [[Math.sqrt(5), Math.sqrt(5)]] } } }, 'outputs', /'vectors' has NaN for an input of -1000000/],
  ])('refuse %s, and say why', async (_, parts, name, why) => {
    expect((await check(parts)).filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ name, detail: expect.stringMatching(why) }]);
  });
});
