import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { writeBundle, type DescribedModel } from '@serendip/platform-bundles';
import { OnnxGraph, type ElementType, type Value } from '@serendip/platform-onnx';
import { MemoryObjectStore } from '@serendip/platform-objects/testing';
import { FakeCatalogue } from '@serendip/retrieval-domain/testing';
import { ItemInputs } from '@serendip/shared-catalogue';
import { BundleItemEncoderLoader } from './bundle-item-encoder-loader.js';
import { OnnxItemEncoder } from './onnx-item-encoder.js';

const features = ['price', 'item.stock', 'tags#4', 'categories#4', 'words:title#8'];
const WIDTH = 20;
const retriever = { name: 'cf@1', digest: 'a'.repeat(64) };

interface GraphParts {
  readonly input?: string;
  readonly type?: ElementType;
  readonly output?: string;
  readonly body?: (graph: OnnxGraph, features: Value) => Value;
}

/** Vectors of two values: the price, and the sum of all columns. */
function graphOf({ input = 'features', type = 'float32', output = 'vectors', body = (_, value) => value }: GraphParts = {}): Uint8Array {
  const graph = new OnnxGraph('spec');
  const given = graph.input(input, type, ['rows', WIDTH]);
  const rows = body(graph, type === 'float32' ? given : graph.node('Cast', [given], { to: 1 }));
  const weights = Float32Array.from({ length: WIDTH * 2 }, (_, i) => (i % 2 === 1 || i === 0 ? 1 : 0));
  graph.output(output, graph.node('MatMul', [rows, graph.constant(weights, [WIDTH, 2])]), 'float32', ['rows', 2]);
  return graph.build();
}

/** Lets a run take the longer the higher a price is; 6 takes a second or so, `least` is taken for no price. */
const heavy = (least = 0) => (graph: OnnxGraph, rows: Value): Value => {
  const highest = graph.node('Max', [graph.node('ReduceMax', [rows], { keepdims: 0 }), graph.scalar(least)]);
  const size = graph.node('Reshape', [graph.node('Cast', [graph.node('Mul', [highest, graph.scalar(160)])], { to: 7 }), graph.integers([1])]);
  let matrix = graph.node('Expand', [graph.scalar(1e-4), graph.node('Concat', [size, size], { axis: 0 })]);
  for (let i = 0; i < 60; i++) matrix = graph.node('MatMul', [matrix, matrix]);
  return graph.node('Add', [rows, graph.node('ReduceSum', [matrix], { keepdims: 0 })]);
};

const load = (model = graphOf(), more: { readonly timeoutMs?: number; readonly features?: readonly string[] } = {}): Promise<OnnxItemEncoder> => OnnxItemEncoder.load({ reference: 'enc@3', retriever, features, model, ...more });

const catalogue = new FakeCatalogue([
  { id: 'a', title: 'Red boots', price: 3, tags: ['new', 'sale'], categories: ['shoes'], attributes: { stock: 2 } }, { id: 'b', title: '' }, { id: 'c', title: 'Boots', price: 5 },
]);

describe('OnnxItemEncoder', () => {
  it('gives the graph what the catalogue says of items, and answers their vectors in order', async () => {
    const encoder = await load();
    const inputs = new ItemInputs(features);
    const rows = new Float32Array(WIDTH);
    inputs.write({ title: 'Red boots', price: 3, tags: ['new', 'sale'], categories: ['shoes'], attributes: { stock: 2 } }, rows, 0);
    expect([...await encoder.encode(catalogue.columns, Int32Array.of(2, 0, 1))]).toEqual([5, 7, 3, rows.reduce((sum, value) => sum + value), 0, 0]);
    expect(encoder).toMatchObject({ reference: 'enc@3', retriever, dimension: 2 });
    await encoder.close();
  });

  it.each<[string, Uint8Array, string]>([
    ['takes something else', graphOf({ input: 'items' }), 'takes items float32'], ['takes other numbers', graphOf({ type: 'int64' }), 'takes features int64'], ['answers something else', graphOf({ output: 'vector' }), "'vectors'"],
  ])('refuses a graph that %s', async (_, model, words) => {
    await expect(load(model)).rejects.toThrow(words);
  });

  it('refuses rows of another width, and inputs that there are not', async () => {
    await expect(load(graphOf(), { features: ['price'] })).rejects.toThrow();
    await expect(load(graphOf(), { features: ['colour'] })).rejects.toThrow("'colour' is no input");
  });

  it('says that it is lost once what runs it has ended', async () => {
    const encoder = await load();
    expect(encoder.isLost).toBe(false);
    await encoder.close();
    await expect(encoder.encode(catalogue.columns, Int32Array.of(0))).rejects.toMatchObject({ reason: 'RUNTIME_LOST' });
    expect(encoder.isLost).toBe(true);
  });

  it('is refused when it takes too long for an item that nothing is known of, and nobody waits for the end of that', async () => {
    const model = graphOf({ body: heavy(8) });
    const began = performance.now();
    await (await load(model, { timeoutMs: 20_000 })).close();
    const whole = performance.now() - began;
    await expect(load(model, { timeoutMs: whole / 20 })).rejects.toMatchObject({ reason: 'ENCODER_TOO_SLOW' });
    expect(performance.now() - began - whole).toBeLessThan(whole * 0.75);
  }, 30_000);

  it('gives up on what takes too long, refuses others until that is over, and goes on then', async () => {
    const encoder = await load(graphOf({ body: heavy() }), { timeoutMs: 100 });
    const few = new FakeCatalogue([{ id: 'cheap', price: 1 }, { id: 'dear', price: 6 }]);
    await expect(encoder.encode(few.columns, Int32Array.of(1))).rejects.toMatchObject({ reason: 'ENCODER_TOO_SLOW', message: expect.stringContaining('more than 100 ms for 1 items') });
    await expect(encoder.encode(few.columns, Int32Array.of(0))).rejects.toMatchObject({ reason: 'ENCODER_TOO_SLOW', message: expect.stringContaining('still at') });
    let answer: Float32Array | undefined;
    for (let tries = 0; answer === undefined && tries < 100; tries++) {
      await sleep(100);
      answer = await encoder.encode(few.columns, Int32Array.of(0)).catch(() => undefined);
    }
    expect(answer).toHaveLength(2);
    await encoder.close();
  }, 30_000);
});

describe('BundleItemEncoderLoader', () => {
  const manifest: DescribedModel = { name: 'enc', kind: 'item-encoder', format: 'onnx', features, retriever, metrics: {} };

  async function loaded(change: Partial<DescribedModel> = {}, model = graphOf()): Promise<unknown> {
    const store = new MemoryObjectStore();
    const stored = await writeBundle(store, { manifest: { ...manifest, ...change }, files: { 'model.onnx': model } });
    const encoder = await new BundleItemEncoderLoader(store).load({ tenant: 't', name: 'enc', version: 3, ...stored });
    await encoder.close();
    return encoder;
  }

  it('loads an encoder with the retriever that it is for', async () => {
    expect(await loaded()).toMatchObject({ reference: 'enc@3', retriever, dimension: 2 });
  });

  it.each<[string, Partial<DescribedModel>, Uint8Array | undefined, string]>([
    ['another kind', { kind: 'ranker' }, undefined, 'no item encoder'], ['one for no retriever', { retriever: undefined }, undefined, 'names its retriever'],
    ['inputs that there are not', { features: ['colour'] }, undefined, "'colour' is no input"], ['no graph', {}, Uint8Array.of(1, 2), 'can\'t be used'],
  ])('refuses %s', async (_, change, model, words) => {
    await expect(loaded(change, model)).rejects.toMatchObject({ reason: 'ENCODER_INVALID', message: expect.stringContaining(words) });
  });
});
