import { afterEach, describe, expect, it } from '@jest/globals';
import { writeBundle } from '@serendip/platform-bundles';
import { openObjectStore } from '@serendip/platform-objects';
import { RetrieverModel, RowVectors } from '@serendip/retrieval-domain';
import { randomRetriever } from '@serendip/retrieval-domain/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { retrieverBundle } from './retriever-bundle.js';
import { ThreadRetrieverLoader } from './thread-retriever-loader.js';

const folders: string[] = [];
afterEach(async () => { for (const folder of folders.splice(0)) await rm(folder, { recursive: true }); });

const items = ['a', 'b', 'c'];
const parts = randomRetriever(items, { dimension: 6 });

async function written(change: Partial<typeof parts> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'thread-retriever-loader-'));
  folders.push(folder);
  const url = `file:${folder}`;
  const { bundle, digest } = await writeBundle(openObjectStore(url), retrieverBundle('cf', { ...parts, ...change }));
  return { loader: new ThreadRetrieverLoader(url), reference: { tenant: 't', name: 'cf', version: 3, bundle, digest } };
}

describe('ThreadRetrieverLoader', () => {
  it('hands over what another thread has made of a bundle', async () => {
    const { loader, reference } = await written();
    const loaded = await loader.load(reference);
    const here = RetrieverModel.of(parts);
    expect(items.map((id) => loaded.rowOfId(id))).toEqual([0, 1, 2]);
    expect([loaded.reference, loaded.size, loaded.newBias]).toEqual(['cf@3', here.size, here.newBias]);
    const scores = [loaded, here].map((model) => {
      const user = new Float32Array(6);
      model.encoder.encode([2, 0], user);
      const rows = new RowVectors(model.index);
      items.forEach((_, row) => rows.place(row, row));
      const found = new Float32Array(3);
      rows.ask(user);
      rows.score(Int32Array.of(0, 1, 2), found);
      return [found, model.next!.score([1]).count];
    });
    expect(scores[0]).toEqual(scores[1]);
  });

  it('says why a bundle can not be used', async () => {
    const { loader, reference } = await written({ bias: Float32Array.of(1, NaN, 2) });
    await expect(loader.load(reference)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'RETRIEVER_INVALID', message: expect.stringContaining('bias has values that are not finite') });
    await expect(loader.load({ ...reference, bundle: 'nowhere' })).rejects.toMatchObject({ reason: expect.stringMatching(/^BUNDLE_/) });
  });

  it('gives up what it is loading when it is closed', async () => {
    const { loader, reference } = await written();
    const loading = loader.load(reference);
    await loader.close();
    await expect(loading).rejects.toMatchObject({ code: 'CANCELLED', reason: 'RETRIEVER_NOT_LOADED' });
  });
});
