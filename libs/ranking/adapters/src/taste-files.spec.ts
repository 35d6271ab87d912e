import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { encodeNpy, readBundle, writeBundle } from '@serendip/platform-bundles';
import { openObjectStore } from '@serendip/platform-objects';
import { readTaste, tasteFiles } from './taste-files.js';

const manifest = { name: 'ranker', kind: 'ranker', format: 'onnx', metrics: {} } as const;
const table = { items: ['a', 'b\n'], width: 2, ids: Int32Array.of(1, -1, 0, -1), weights: Float32Array.of(0.5, 0, -0.25, 0) };

/** What comes back of a bundle of these files. */
async function written(files: Readonly<Record<string, Uint8Array>>) {
  const dir = mkdtempSync(join(tmpdir(), 'taste-'));
  try {
    const objects = openObjectStore(`file:${dir}`);
    const { bundle, digest } = await writeBundle(objects, { manifest, files: { 'model.onnx': Uint8Array.of(1), ...files } });
    return await readTaste(await readBundle(objects, bundle, digest));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('a taste table in a bundle', () => {
  it('comes back as it was written, and not from a bundle without one', async () => {
    expect(await written(tasteFiles(table))).toEqual(table);
    expect(await written({})).toBeUndefined();
  });

  it('is refused in other types', async () => {
    await expect(written({ ...tasteFiles(table), 'taste_weights.npy': encodeNpy({ data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] }) })).rejects.toThrow(RangeError);
  });
});
