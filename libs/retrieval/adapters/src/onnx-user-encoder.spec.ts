import { describe, expect, it } from '@jest/globals';
import { encodeNpy, writeBundle } from '@serendip/platform-bundles';
import { OnnxGraph, type ElementType } from '@serendip/platform-onnx';
import { MemoryObjectStore } from '@serendip/platform-objects/testing';
import { CandidateRetriever, RetrieverSet, type RetrieverModel } from '@serendip/retrieval-domain';
import { FakeCatalogue, userStateOf } from '@serendip/retrieval-domain/testing';
import { BundleRetrieverLoader } from './bundle-retriever-loader.js';
import { OnnxUserEncoder } from './onnx-user-encoder.js';

const ITEMS = 4;
const LENGTH = 3;
/** Of the padding and of each item. */
const EMBEDDINGS = Float32Array.of(0, 0, 1, 0, 0, 1, -1, 0, 0, -1);

/** The newest item's embedding and a tenth of the others'. */
function graphOf({ type = 'int64', input = 'items', output = 'user' }: { readonly type?: ElementType; readonly input?: string; readonly output?: string } = {}): Uint8Array {
  const graph = new OnnxGraph('newest');
  const items = graph.input(input, type, ['users', LENGTH]);
  const vectors = graph.node('Gather', [graph.constant(EMBEDDINGS, [ITEMS + 1, 2]), items]);
  const weights = graph.constant(Float32Array.of(0.1, 0.1, 1), [1, LENGTH, 1]);
  graph.output(output, graph.node('ReduceSum', [graph.node('Mul', [vectors, weights]), graph.integers([1])], { keepdims: 0 }), 'float32', ['users', 2]);
  return graph.build();
}

async function encoded(recent: readonly number[], model = graphOf()): Promise<readonly number[]> {
  const out = new Float32Array(2);
  const encoder = await OnnxUserEncoder.load(model, { items: ITEMS, dimension: 2 });
  try {
    return [await encoder.encode(recent, out), ...out];
  } finally {
    await encoder.close();
  }
}

describe('OnnxUserEncoder', () => {
  it.each(['int64', 'int32'] as const)('gives the graph the newest items as %s, oldest first, numbered from 1, with zeros in front', async (type) => {
    expect(await encoded([0], graphOf({ type }))).toEqual([1, 1, 0]);
    expect(await encoded([1, 0, 0, 3], graphOf({ type }))).toEqual([3, expect.closeTo(0.2), 1]);
  });

  it('skips items that the model does not know, and knows nobody without one', async () => {
    expect(await encoded([-1, 2, 99])).toEqual([1, -1, 0]);
    expect(await encoded([-1, 4])).toEqual([0, 0, 0]);
  });

  it.each([
    ['takes something else', graphOf({ input: 'history' }), 2, 'takes history'], ['takes numbers that are no items', graphOf({ type: 'float32' }), 2, ''],
    ['answers something else', graphOf({ output: 'vector' }), 2, 'no \'user\''], ['answers vectors of another size', graphOf(), 3, 'not float32 [users, 3]'],
  ])('refuses a graph that %s', async (_, model, dimension, words) => {
    await expect(OnnxUserEncoder.load(model, { items: ITEMS, dimension })).rejects.toThrow(words);
  });
});

describe('a retriever with an ONNX encoder', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const reference = { tenant: 't', name: 'sasrec', version: 1, bundle: '', digest: '' };

  async function load(): Promise<RetrieverModel> {
    const store = new MemoryObjectStore();
    const { bundle, digest } = await writeBundle(store, {
      manifest: { name: 'sasrec', kind: 'retriever', format: 'onnx', encoder: 'onnx', metrics: {} },
      files: { 'items.txt': new TextEncoder().encode(ids.join('\n')), 'item_out.npy': encodeNpy({ data: EMBEDDINGS.slice(2), shape: [ITEMS, 2] }), 'model.onnx': graphOf() },
    });
    return new BundleRetrieverLoader(store).load({ ...reference, bundle, digest });
  }

  /** What `personal` finds for somebody whose newest item is b. */
  async function personal(change: (model: RetrieverModel) => void = () => undefined) {
    const model = await load();
    change(model);
    const catalogue = new FakeCatalogue(ids.map((id) => ({ id })));
    const retrievers = new RetrieverSet({ loader: { load: async () => model }, catalogues: catalogue, clock: () => 0 });
    await retrievers.update([reference]);
    const retriever = new CandidateRetriever({ catalogues: catalogue, retrievers, clock: () => 0 });
    const answer = await retriever.retrieve({
      tenant: 't', userState: userStateOf([{ item: 'b' }]), retriever: 'sasrec@1', seedItemIds: [], givenItemIds: [], excludeItemIds: [], seenTypes: 0, categories: [], limit: 4, nowMs: 2e12,
      sources: [{ name: 'personal', limit: 1, timeoutMs: 0, window: '' }],
    }, { deadlineMs: Infinity, signal: new AbortController().signal });
    return { sources: answer.sources, ids: Array.from(answer.ordinals, (ordinal) => catalogue.columns.id(catalogue.columns.rowOf(ordinal))) };
  }

  it('finds what the graph\'s vector likes', async () => {
    const { sources, ids: found } = await personal();
    expect([sources[0], found[0]]).toEqual([expect.objectContaining({ name: 'personal', found: 1, error: '' }), 'b']);
  });

  it('fails the personal source and nothing else when the graph fails', async () => {
    const { sources, ids: found } = await personal((model) => { (model.encoder as { encode: unknown }).encode = async () => { throw new Error('device lost'); }; });
    expect([sources[0], found.length]).toEqual([expect.objectContaining({ name: 'personal', error: 'device lost' }), 4]);
  });
});
