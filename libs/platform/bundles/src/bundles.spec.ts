import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryObjectStore } from '@serendip/platform-objects/testing';
import { decodeItems, decodeNpy, encodeItems, encodeNpy, readBundle, removeBundle, writeBundle } from './index.js';

const manifest = { name: 'ranker', kind: 'ranker', format: 'onnx', metrics: { 'ndcg@10': 0.2 } } as const;
const files = { 'model.onnx': Uint8Array.of(1, 2, 3) };

describe('bundles', () => {
  it('come back as they were written', async () => {
    const store = new MemoryObjectStore();
    const { bundle, digest } = await writeBundle(store, { manifest, files });
    const open = await readBundle(store, bundle, digest);
    expect(open.manifest).toMatchObject(manifest);
    expect([...await open.file('model.onnx')]).toEqual([1, 2, 3]);
  });

  it('are the same bundle for the same content', async () => {
    const store = new MemoryObjectStore();
    expect(await writeBundle(store, { manifest, files })).toEqual(await writeBundle(store, { manifest, files }));
    expect((await writeBundle(store, { manifest, files: { 'model.onnx': Uint8Array.of(1) } })).digest).not.toBe((await writeBundle(store, { manifest, files })).digest);
  });

  it('are removed whole, and what is left of one is none', async () => {
    const store = new MemoryObjectStore();
    const [one, other] = [await writeBundle(store, { manifest, files }), await writeBundle(store, { manifest, files: { 'model.onnx': Uint8Array.of(9) } })];
    const { delete: remove } = store;
    store.delete = async (key) => {
      if (key.endsWith('.onnx')) throw new Error('the disk is away');
      await remove.call(store, key);
    };
    await expect(removeBundle(store, one.bundle)).rejects.toThrow('away');
    await expect(readBundle(store, one.bundle)).rejects.toMatchObject({ reason: 'BUNDLE_MISSING' });
    store.delete = remove;
    await removeBundle(store, one.bundle);
    expect([...store.objects.keys()].every((key) => key.startsWith(other.bundle))).toBe(true);
    await (await readBundle(store, other.bundle)).file('model.onnx');
  });

  it('are refused when a byte has changed, a file is gone or the manifest is another', async () => {
    const store = new MemoryObjectStore();
    const { bundle, digest } = await writeBundle(store, { manifest, files });
    await expect(readBundle(store, bundle, 'other')).rejects.toMatchObject({ reason: 'BUNDLE_CORRUPT' });
    store.objects.set(`${bundle}/model.onnx`, Uint8Array.of(1, 2, 4));
    await expect((await readBundle(store, bundle, digest)).file('model.onnx')).rejects.toMatchObject({ reason: 'BUNDLE_CORRUPT' });
    await expect((await readBundle(store, bundle)).file('other')).rejects.toMatchObject({ reason: 'BUNDLE_INVALID' });
    await expect(readBundle(store, 'models/none')).rejects.toMatchObject({ reason: 'BUNDLE_MISSING' });
    store.objects.set(`${bundle}/model.yaml`, new TextEncoder().encode('name: [x'));
    await expect(readBundle(store, bundle)).rejects.toMatchObject({ reason: 'BUNDLE_INVALID' });
  });

  it.each([
    ['a name that leads elsewhere', { ...manifest, name: '../x' }],
    ['a kind there is not', { ...manifest, kind: 'poem' as never }],
    ['a metric that is no number', { ...manifest, metrics: { 'ndcg@10': NaN } }],
    ['a manifest without end', { ...manifest, owner: 'x'.repeat(2 ** 20) }],
  ])('refuse %s', async (_, bad) => {
    const store = new MemoryObjectStore();
    await expect(writeBundle(store, { manifest: bad, files })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'BUNDLE_INVALID' });
    expect(store.objects.size).toBe(0);
  });

  it.each([
    ['files elsewhere', `files: { "../../config/latest.bin": ${'a'.repeat(64)} }`],
    ['hashes that are none', 'files: { model.onnx: x }'],
    ['fields there are not', 'files: {}\nrun: "rm -rf /"'],
    ['aliases that multiply', 'owner: &a x\ndataset: *a\nfiles: {}'],
  ])('refuse a manifest with %s', async (_, rest) => {
    const store = new MemoryObjectStore();
    store.objects.set('models/x/1/model.yaml', new TextEncoder().encode(`name: x\nkind: ranker\nformat: onnx\nmetrics: {}\n${rest}\n`));
    await expect(readBundle(store, 'models/x/1')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'BUNDLE_INVALID' });
  });

  it('keep their digest when only the order of what was given differs', async () => {
    const store = new MemoryObjectStore();
    const turned = Object.fromEntries(Object.entries(manifest).reverse()) as unknown as typeof manifest;
    expect(await writeBundle(store, { manifest: turned, files })).toEqual(await writeBundle(store, { manifest, files }));
  });

  it.each(['../x', 'model.yaml', 'a/b', ''])('take no file named %j', async (name) => {
    await expect(writeBundle(new MemoryObjectStore(), { manifest, files: { [name]: Uint8Array.of(1) } })).rejects.toMatchObject({ reason: 'BUNDLE_FILE_INVALID' });
  });
});

describe('npy', () => {
  it('writes what NumPy writes, values aligned to 64 bytes', () => {
    const file = Buffer.from(encodeNpy({ data: Int32Array.of(1, -2), shape: [2, 1] }));
    expect(file.toString('latin1', 0, 128)).toBe(`\x93NUMPY\x01\x00\x76\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1), }${' '.repeat(58)}\n`);
    expect([...file.subarray(128)]).toEqual([1, 0, 0, 0, 254, 255, 255, 255]);
  });

  it('answers a value or NPY_INVALID for any bytes', () => {
    const valid = encodeNpy({ data: Float32Array.of(1, 2, 3), shape: [3] });
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(valid.length), (changes, length) => {
      const file = valid.slice(0, length);
      for (const [at, value] of changes) if (at < length) file[at] = value;
      try {
        expect(decodeNpy(file).data.length).toBe(3);
      } catch (error) {
        expect(error).toMatchObject({ reason: 'NPY_INVALID' });
      }
    }));
  });

  it('keeps values and shape', () => {
    fc.assert(fc.property(fc.float32Array({ noNaN: true }), (values) => {
      const data = Float32Array.from(values);
      const decoded = decodeNpy(encodeNpy({ data, shape: [data.length] }));
      expect([...decoded.data]).toEqual([...data]);
      expect(decoded.shape).toEqual([data.length]);
    }));
    expect(decodeNpy(encodeNpy({ data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] })).shape).toEqual([2, 3]);
  });

  it('refuses what is cut short or of another kind', () => {
    const file = encodeNpy({ data: Float64Array.of(1, 2), shape: [2] });
    expect(() => decodeNpy(file.subarray(0, file.length - 1))).toThrow('length');
    expect(() => decodeNpy(Uint8Array.of(1, 2, 3))).toThrow('begin');
    expect(() => decodeNpy(Buffer.from(Buffer.from(file).toString('latin1').replace('<f8', '<c8'), 'latin1'))).toThrow('dtype');
  });
});

describe('items.txt', () => {
  it('keeps any ids', () => {
    const id = fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('\\', 'n', 'r', '\n', '\r', '\ufeff') }));
    fc.assert(fc.property(fc.array(id), (ids) => expect(decodeItems(encodeItems(ids))).toEqual(ids)));
  });

  it('reads what Python writes, with and without a last line end', () => {
    expect(decodeItems(Buffer.from('a\nb'))).toEqual(['a', 'b']);
    expect(decodeItems(Buffer.from('a\nb\n'))).toEqual(['a', 'b']);
    expect(decodeItems(Buffer.alloc(0))).toEqual([]);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => decodeItems(Uint8Array.of(0xff))).toThrow('UTF-8');
  });
});
