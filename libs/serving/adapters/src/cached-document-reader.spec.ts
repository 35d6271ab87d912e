import { describe, expect, it, jest } from '@jest/globals';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { features, retrieval } from '@serendip/shared-contracts';
import { int32sOf } from '@serendip/shared-layouts';
import { DomainError } from '@serendip/shared-errors';
import { CachedDocumentReader } from './cached-document-reader.js';

const gone = async (): Promise<never> => { throw new DomainError('UNAVAILABLE', 'PEER_UNAVAILABLE', 'gone'); };
const context = () => ({ deadlineMs: performance.now() + 1000, signal: new AbortController().signal });

/** A feature store of items 0 to 9 and an embedding service that knows item 9 as not eligible and nothing from 10 on. */
function setUp() {
  const asked: number[][] = [];
  const state = { gone: false, title: 'first' };
  const readItems = async ({ ordinals }: { ordinals: Uint8Array }) => {
    asked.push([...int32sOf(ordinals)]);
    if (state.gone) return gone();
    return {
      results: [...int32sOf(ordinals)].map((ordinal) => (ordinal > 9 ? {} : {
        entry: { ordinal, version: 1, deleted: ordinal === 5, item: { id: `i${ordinal}`, title: state.title, description: '', categories: [], tags: [], attributes: {}, ...(ordinal === 4 ? { publishedAtMs: 1e300 } : {}) } },
      })),
    };
  };
  const resolveItems = async ({ ordinals }: { ordinals: Uint8Array }) => ({
    items: [...int32sOf(ordinals)].map((ordinal) => ({ id: ordinal > 9 ? '' : `i${ordinal}`, eligible: ordinal !== 9, title: '' })),
  });
  const embedding = { resolveItems };
  const reader = new CachedDocumentReader(
    { readItems } as unknown as GrpcClient<typeof features.FeatureStoreService>, embedding as unknown as GrpcClient<typeof retrieval.EmbeddingService>,
  );
  return { reader, asked, state, embedding };
}

describe('CachedDocumentReader', () => {
  it('answers one document for each ordinal, in order, and none for what is not known', async () => {
    const { reader } = setUp();
    const { documents, degraded } = await reader.read('t', [3, 12, 1, 3], context());
    expect(documents.map((document) => document?.id)).toEqual(['i3', undefined, 'i1', 'i3']);
    expect(degraded).toBeUndefined();
  });

  it('asks only for what it has no current copy of', async () => {
    const { reader, asked } = setUp();
    await reader.read('t', [1, 2], context());
    await reader.read('t', [1, 2, 3], context());
    await reader.read('other', [1], context());
    expect(asked).toEqual([[1, 2], [3], [1]]);
  });

  it('asks for nothing again while it follows changes, and shows each change at once', async () => {
    let tell = (_: unknown): void => undefined;
    let end = (): void => undefined;
    const asked: number[][] = [];
    const entry = (version: number, title: string) => ({ ordinal: 1, version, deleted: false, item: { id: 'i1', title, description: '', categories: [], tags: [], attributes: {} } });
    async function* watchCatalogue() {
      yield { entries: [] };
      for (;;) {
        const next = await new Promise((resolve) => { tell = resolve; end = () => resolve(undefined); });
        if (next === undefined) return;
        yield { entries: [next] };
      }
    }
    const readItems = async ({ ordinals }: { ordinals: Uint8Array }) => {
      asked.push([...int32sOf(ordinals)]);
      return { results: [{ entry: entry(1, 'first') }] };
    };
    const reader = new CachedDocumentReader({ readItems, watchCatalogue } as unknown as GrpcClient<typeof features.FeatureStoreService>, {} as GrpcClient<typeof retrieval.EmbeddingService>);
    const title = async () => (await reader.read('t', [1], context())).documents[0]!.fields.title;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1000);
    try {
      const following = reader.follow('t', new AbortController().signal);
      await new Promise((resolve) => setImmediate(resolve));
      expect(await title()).toBe('first');
      clock.mockReturnValue(60_000);
      tell(entry(2, 'second'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(await title()).toBe('second');
      expect(asked).toEqual([[1]]);
      end();
      await following;
      clock.mockReturnValue(120_000);
      expect(await title()).toBe('second');
      expect(asked).toEqual([[1], [1]]);
    } finally {
      clock.mockRestore();
    }
  });

  it('asks again for copies that are no longer current, and answers them when the feature store is gone', async () => {
    const { reader, state } = setUp();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1000);
    try {
      await reader.read('t', [1], context());
      clock.mockReturnValue(7000);
      state.title = 'second';
      expect((await reader.read('t', [1], context())).documents[0]!.fields.title).toBe('second');
      clock.mockReturnValue(20_000);
      state.gone = true;
      expect(await reader.read('t', [1], context())).toMatchObject({ documents: [{ id: 'i1', fields: { title: 'second' } }], degraded: 'DOCUMENTS_MAY_BE_OLD' });
    } finally {
      clock.mockRestore();
    }
  });

  it('has ids and eligibility from the embedding service for what it never read', async () => {
    const { reader, state } = setUp();
    state.gone = true;
    const { documents, degraded } = await reader.read('t', [8, 9, 10], context());
    expect(documents).toMatchObject([{ id: 'i8', available: true, fields: {} }, { id: 'i9', available: false }, undefined]);
    expect(degraded).toBe('DOCUMENTS_MAY_BE_OLD');
  });

  it('answers nothing known, and does not reject, when both are gone', async () => {
    const { reader, state, embedding } = setUp();
    state.gone = true;
    embedding.resolveItems = gone;
    expect(await reader.read('t', [1, 2], context())).toEqual({ documents: [undefined, undefined], degraded: 'DOCUMENTS_MAY_BE_OLD' });
  });

  it('is not spoiled by an item whose time is no date', async () => {
    const { reader } = setUp();
    const { documents, degraded } = await reader.read('t', [4, 5, 6], context());
    expect(degraded).toBeUndefined();
    expect(documents.map((document) => [document!.id, document!.deleted])).toEqual([['i4', false], ['i5', true], ['i6', false]]);
    expect(documents[0]!.fields.publishedAt).toBeUndefined();
  });

  it('reads nothing for nothing', async () => {
    const { reader, asked } = setUp();
    expect(await reader.read('t', [], context())).toEqual({ documents: [] });
    expect(asked).toEqual([]);
  });
});
