import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Encoding } from '../encoders/item-encoder.js';
import { FakeCatalogue, FakeItemEncoder, randomRetriever, type FakeItem } from '../testing/index.js';
import { ItemVectors } from './item-vectors.js';
import { RetrieverModel } from './retriever-model.js';

const DIMENSION = 2;
const known = ['a', 'b'];
/** Both known items are of one category; its mean is [2, 4]. */
const parts = { ...randomRetriever(known, { dimension: DIMENSION }), itemOut: Float32Array.of(1, 4, 3, 4), bias: Float32Array.of(0, 0) };
const newItem = (id: string, price: number, more: Partial<FakeItem> = {}): FakeItem => ({ id, price, categories: ['shoes'], ...more });

let now: number;
let catalogue: FakeCatalogue;
let encoder: FakeItemEncoder;
let encodings: Encoding[];
let vectors: ItemVectors;

function refresh(): void {
  now += 1000;
  do vectors.refresh(catalogue.catalogueRevision); while (vectors.isBehind);
}

/** The vector of an item, which users of one direction each show. */
const vectorOf = (id: string): number[] => [Float32Array.of(1, 0), Float32Array.of(0, 1)].map((user) => vectors.score(user, Int32Array.of(catalogue.columns.rowOfId(id)))[0]!);
const MEAN = [2, 4];

beforeEach(() => {
  now = 0;
  catalogue = new FakeCatalogue(known.map((id) => ({ id, categories: ['shoes'] })));
  encoder = new FakeItemEncoder({ dimension: DIMENSION });
  encodings = [];
  vectors = new ItemVectors(RetrieverModel.of(parts), catalogue.columns, { clock: () => now, onEncode: (encoding) => encodings.push(encoding) });
  refresh();
});

describe('the vectors of items that a retriever does not know', () => {
  it('are the mean of their category without an encoder', () => {
    catalogue.put([newItem('x', 7)]);
    refresh();
    expect(vectorOf('x')).toEqual(MEAN);
  });

  it('are the mean until an encoder has answered, and then what it gives; known items keep theirs', async () => {
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', 7), newItem('y', 9)]);
    refresh();
    const before = vectors.changes;
    expect([vectorOf('x'), vectorOf('y')]).toEqual([MEAN, MEAN]);
    await vectors.newItems.settled();
    expect([vectorOf('x'), vectorOf('y'), vectorOf('a')]).toEqual([[7, 7], [9, 9], [1, 4]]);
    expect(vectors.changes).toBeGreaterThan(before);
    expect(encodings).toEqual([{ encoder: 'enc@1', items: 2, failed: 0, tookMs: 0 }]);
    expect(vectors.newItems).toMatchObject({ count: 2, encoded: 2, encodedBy: 'enc@1' });
  });

  it('are asked for once, and again when an item has changed', async () => {
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', 7), newItem('y', 9)]);
    refresh();
    await vectors.newItems.settled();
    catalogue.put([newItem('x', 8)]);
    refresh();
    await vectors.newItems.settled();
    refresh();
    await vectors.newItems.settled();
    expect(encoder.asked).toEqual([['x', 'y'], ['x']]);
    expect(vectorOf('x')).toEqual([8, 8]);
  });

  it('are asked for again when an item changes while it is being encoded', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    encoder.until = promise;
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', 7)]);
    refresh();
    catalogue.put([newItem('x', 8)]);
    refresh();
    resolve();
    await vectors.newItems.settled();
    expect(vectorOf('x')).toEqual([8, 8]);
  });

  it('are asked for some at a time, and only of items that may be shown', async () => {
    catalogue.put([...Array.from({ length: 70 }, (_, i) => newItem(`x-${i}`, i)), newItem('gone', 1, { deleted: true })]);
    refresh();
    vectors.encodeBy(encoder);
    await vectors.newItems.settled();
    expect(encoder.asked.map(({ length }) => length)).toEqual([32, 32, 6]);
    expect([vectorOf('x-69'), vectorOf('gone')]).toEqual([[69, 69], MEAN]);
  });

  it('are the mean when an encoder fails, which is asked again after a while', async () => {
    encoder.fails = true;
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', 7)]);
    refresh();
    await vectors.newItems.settled();
    expect(vectorOf('x')).toEqual(MEAN);
    expect(encodings).toEqual([{ encoder: 'enc@1', items: 1, failed: 1, tookMs: 0, error: expect.objectContaining({ message: 'This encoder fails.' }) }]);
    now += 999;
    vectors.refresh(catalogue.catalogueRevision);
    expect(encoder.asked).toHaveLength(1);
    encoder.fails = false;
    now += 1;
    vectors.refresh(catalogue.catalogueRevision);
    await vectors.newItems.settled();
    expect(vectorOf('x')).toEqual([7, 7]);
  });

  it('come for all others when an encoder fails with one item again and again, which is asked about alone and ever more seldom', async () => {
    encoder.failsWith = 'x-3';
    catalogue.put(Array.from({ length: 70 }, (_, i) => newItem(`x-${i}`, i)));
    refresh();
    vectors.encodeBy(encoder);
    const rounds: number[] = [];
    for (let seconds = 0; seconds < 6; seconds++) {
      await vectors.newItems.settled();
      rounds.push(vectors.newItems.encoded);
      catalogue.put([newItem('x-3', seconds), newItem('changing', seconds)]);
      refresh();
    }
    await vectors.newItems.settled();
    expect(rounds).toEqual([0, 42, 70, 70, 70, 70]);
    expect([vectorOf('x-3'), vectorOf('x-4'), vectorOf('x-69'), vectorOf('changing')]).toEqual([MEAN, [4, 4], [69, 69], [5, 5]]);
    expect(encoder.asked.filter((ids) => ids.includes('x-3')).every((ids, i) => i === 0 || ids.length === 1)).toBe(true);
  });

  it('are the mean where an encoder gives no number, of that item alone', async () => {
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', NaN), newItem('y', 9)]);
    refresh();
    await vectors.newItems.settled();
    expect([vectorOf('x'), vectorOf('y')]).toEqual([MEAN, [9, 9]]);
    expect(encodings).toEqual([{ encoder: 'enc@1', items: 2, failed: 1, tookMs: 0 }]);
    refresh();
    await vectors.newItems.settled();
    expect(encoder.asked).toHaveLength(1);
  });

  it('stay until another encoder has answered, and are means again without one', async () => {
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', 7)]);
    refresh();
    await vectors.newItems.settled();
    const { promise, resolve } = Promise.withResolvers<void>();
    const other = new FakeItemEncoder({ dimension: DIMENSION, reference: 'enc@2' });
    other.until = promise;
    other.encode = async (columns, rows) => (await FakeItemEncoder.prototype.encode.call(other, columns, rows)).map((value) => -value);
    vectors.encodeBy(other);
    expect(vectorOf('x')).toEqual([7, 7]);
    resolve();
    await vectors.newItems.settled();
    expect(vectorOf('x')).toEqual([-7, -7]);
    const before = vectors.changes;
    vectors.encodeBy(undefined);
    expect(vectorOf('x')).toEqual(MEAN);
    expect(vectors.changes).toBeGreaterThan(before);
  });

  it('are not taken from an encoder that has been replaced meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    encoder.until = promise;
    vectors.encodeBy(encoder);
    catalogue.put([newItem('x', 7)]);
    refresh();
    const other = new FakeItemEncoder({ dimension: DIMENSION, reference: 'enc@2' });
    vectors.encodeBy(other);
    resolve();
    await vectors.newItems.settled();
    await vectors.newItems.settled();
    expect(other.asked).toEqual([['x']]);
    expect(encodings.map(({ encoder: by }) => by)).toEqual(['enc@2']);
  });
});
