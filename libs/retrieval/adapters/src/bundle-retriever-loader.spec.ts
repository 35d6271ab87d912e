import { describe, expect, it } from '@jest/globals';
import { encodeNpy, writeBundle } from '@serendip/platform-bundles';
import { MemoryObjectStore } from '@serendip/platform-objects/testing';
import { randomRetriever } from '@serendip/retrieval-domain/testing';
import { RetrieverModel } from '@serendip/retrieval-domain';
import { BundleRetrieverLoader, retrieverDimension } from './bundle-retriever-loader.js';
import { retrieverBundle } from './retriever-bundle.js';

const items = ['a', 'b\nc', 'd'];
const parts = randomRetriever(items, { dimension: 6 });

async function load(change: (bundle: ReturnType<typeof retrieverBundle>) => void = () => undefined): Promise<RetrieverModel> {
  const store = new MemoryObjectStore();
  const written = retrieverBundle('cf', parts);
  change(written);
  const { bundle, digest } = await writeBundle(store, written);
  return new BundleRetrieverLoader(store).load({ tenant: 't', name: 'cf', version: 3, bundle, digest });
}

describe('BundleRetrieverLoader', () => {
  it('loads what was written', async () => {
    const model = await load();
    expect(model.reference).toBe('cf@3');
    expect(items.map((id) => model.rowOfId(id))).toEqual([0, 1, 2]);
    const user = new Float32Array(6);
    const expected = new Float32Array(6);
    model.encoder.encode([2, 0], user);
    RetrieverModel.of(parts).encoder.encode([2, 0], expected);
    expect(user).toEqual(expected);
    const { columns, placeOf } = model.index;
    items.forEach((_, row) => expect([columns.vector(placeOf[row]!), columns.bias(placeOf[row]!)]).toEqual([parts.itemOut.slice(row * 6, (row + 1) * 6), parts.bias[row]]));
    expect(model.next).toBeDefined();
  });

  it('does without the tables it has not', async () => {
    const model = await load(({ files }) => { for (const name of ['neighbours_ids', 'neighbours_weights', 'similar_ids', 'similar_weights']) delete files[`${name}.npy`]; });
    expect([model.next, model.similarToSeeds]).toEqual([undefined, undefined]);
  });

  it.each<[string, Parameters<typeof load>[0], string]>([
    ['another kind', ({ manifest }) => Object.assign(manifest, { kind: 'ranker' }), 'not a retriever'],
    ['another encoder', ({ manifest }) => Object.assign(manifest, { encoder: 'onnx' }), 'not a retriever'],
    ['an ONNX encoder without its graph\'s answer', ({ manifest, files }) => { Object.assign(manifest, { format: 'onnx', encoder: 'onnx' }); files['model.onnx'] = new Uint8Array(9); }, 'can\'t be used'],
    ['weights that do not fit', ({ files }) => { files['w1.npy'] = encodeNpy({ data: new Float32Array(5), shape: [5] }); }, 'do not fit'],
    ['fewer items', ({ files }) => { files['items.txt'] = new TextEncoder().encode('a\n'); }, 'item_in has 18 values and needs 6'],
    ['double precision', ({ files }) => { files['bias.npy'] = encodeNpy({ data: new Float64Array(3), shape: [3] }); }, 'not float32'],
    ['neighbours as floats', ({ files }) => { files['neighbours_ids.npy'] = encodeNpy({ data: new Float32Array(9), shape: [3, 3] }); }, 'not a matrix of int32'],
  ])('refuses %s', async (_, change, message) => {
    await expect(load(change)).rejects.toMatchObject({ reason: 'RETRIEVER_INVALID', message: expect.stringContaining(message) });
  });

  it('refuses a bundle that is missing a file or damaged', async () => {
    await expect(load(({ files }) => { delete files['w2.npy']; })).rejects.toMatchObject({ reason: 'BUNDLE_INVALID' });
    await expect(load(({ files }) => { files['w2.npy'] = Uint8Array.of(1, 2, 3); })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('retrieverDimension', () => {
  const dimension = async (change: (bundle: ReturnType<typeof retrieverBundle>) => void = () => undefined): Promise<number> => {
    const store = new MemoryObjectStore();
    const written = retrieverBundle('cf', parts);
    change(written);
    return retrieverDimension(store, { tenant: 't', name: 'cf', version: 3, ...await writeBundle(store, written) });
  };
  const onnx = (shape: readonly (string | number)[]) => ({ format: 'onnx', encoder: 'onnx', signature: { inputs: [{ name: 'items', dtype: 'int64', shape: ['users', 50] }], outputs: [{ name: 'user', dtype: 'float32', shape }] } });

  it('is read from what says it, whatever the encoder', async () => {
    expect(await dimension()).toBe(6);
    expect(await dimension(({ manifest }) => Object.assign(manifest, onnx(['users', 6])))).toBe(6);
    expect(await dimension(({ manifest, files }) => { Object.assign(manifest, onnx(['users', 'd'])); delete files['lag_weights.npy']; })).toBe(6);
  });

  it('is refused where nothing says it', async () => {
    await expect(dimension(({ files }) => { files['lag_weights.npy'] = encodeNpy({ data: new Float32Array(3), shape: [3] }); })).rejects.toMatchObject({ reason: 'RETRIEVER_INVALID' });
  });
});
