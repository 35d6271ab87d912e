import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { DocumentReader } from '@serendip/serving-domain';
import { documentOf } from '@serendip/serving-domain/testing';
import type { retrieval } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import { StoredFallbackList } from './stored-fallback-list.js';

let directory: string;
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'serendip-fallback-')); });
afterEach(() => rm(directory, { recursive: true, force: true }));

const parts = { known: true, degraded: false, tenantGone: '' };
beforeEach(() => { Object.assign(parts, { known: true, degraded: false, tenantGone: '' }); });

const embedding = {
  retrieveCandidates: async ({ requests: [request] }: { requests: { tenant: string }[] }) => {
    if (request!.tenant === parts.tenantGone) throw new Error('gone');
    return { results: [{ ordinals: bytesOf(Int32Array.from(parts.known ? [2, 1, 7] : [])) }] };
  },
} as unknown as GrpcClient<typeof retrieval.EmbeddingService>;

const documents: DocumentReader = {
  read: async (_tenant, ordinals) => ({
    documents: ordinals.map((ordinal) => (ordinal === 7 ? undefined : documentOf(ordinal, ordinal === 1 ? { publishedAtMs: 5, expiresAtMs: 9 } : {}))),
    ...(parts.degraded ? { degraded: 'DOCUMENTS_MAY_BE_OLD' } : {}),
  }),
};

const file = () => join(directory, 'data', 'fallback.json');
const listOf = () => new StoredFallbackList(file(), embedding, documents);

describe('StoredFallbackList', () => {
  it('is empty at first, and after a first start', async () => {
    const list = listOf();
    expect(list.items('default')).toEqual([]);
    await list.load();
    expect(list.items('default')).toEqual([]);
  });

  it('keeps the popular items in their order, and a new process has the same, times without end included', async () => {
    const list = listOf();
    await list.refresh(['default']);
    const kept = [documentOf(2), documentOf(1, { publishedAtMs: 5, expiresAtMs: 9 })];
    expect(list.items('default')).toEqual(kept);
    const next = listOf();
    await next.load();
    expect(next.items('default')).toEqual(kept);
    expect(await readdir(join(directory, 'data'))).toEqual(['fallback.json']);
  });

  it('is written at once with what a tenant had not, and else now and then', async () => {
    const list = listOf();
    const isWritten = async (...tenants: string[]): Promise<boolean> => {
      await rm(file(), { force: true });
      await list.refresh(tenants);
      return (await readdir(join(directory, 'data'))).length === 1;
    };
    expect(await isWritten('default')).toBe(true);
    expect(await isWritten('default')).toBe(false);
    expect(await isWritten('default', 'other')).toBe(true);
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 60_001);
    expect(await isWritten('default')).toBe(true);
    clock.mockRestore();
  });

  it('is kept whole when it is refreshed many times at once', async () => {
    const list = listOf();
    await Promise.all(Array.from({ length: 20 }, () => list.refresh(['default'])));
    const next = listOf();
    await next.load();
    expect(next.items('default')).toEqual(list.items('default'));
  });

  it.each([
    ['no answer', () => { parts.tenantGone = 'default'; }],
    ['an empty answer', () => { parts.known = false; }],
    ['documents that may be old', () => { parts.degraded = true; }],
  ])('keeps the list it has on %s', async (_, happens) => {
    const list = listOf();
    await list.refresh(['default']);
    happens();
    await list.refresh(['default', 'other']);
    expect(list.items('default')).toHaveLength(2);
    expect(list.items('other')).toHaveLength(parts.tenantGone === 'default' ? 2 : 0);
  });

  it.each(['', '{', 'null', '[]', '{"default":5}', '{"default":[null,5,{"id":"a"}]}', '{"default":null}'])('starts empty from a file that holds %j', async (text) => {
    const list = new StoredFallbackList(join(directory, 'bad.json'), embedding, documents);
    await writeFile(join(directory, 'bad.json'), text);
    await list.load();
    expect(list.items('default')).toEqual([]);
    await list.refresh(['default']);
    expect(list.items('default')).toHaveLength(2);
  });
});
