import { describe, expect, it } from '@jest/globals';
import { ItemColumns, type CatalogueItem } from '@serendip/shared-catalogue';
import { hash64 } from '@serendip/shared-identity';
import { USER_STATE, UserStateView, eventTypeCode } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { FeatureComputer, Ranker, Taste, type RankerRuntime, type TasteTable } from './index.js';

const id = (n: number): string => `item-${n}`;
const item = (n: number): CatalogueItem => ({
  ordinal: n, version: 1, deleted: false, id: id(n), title: '', categories: [], tags: [], price: NaN, available: true, publishedAtMs: -Infinity, expiresAtMs: Infinity, attributes: {},
});

function columnsOf(...numbers: readonly number[]): ItemColumns {
  const columns = new ItemColumns();
  columns.apply(numbers.map(item));
  return columns;
}

/** The state of a user who has had these items, each with the event types. */
function stateOf(had: Readonly<Record<number, readonly string[]>>): UserStateView {
  const seen = Object.entries(had).map(([n, types]) => ({ ...hash64(id(Number(n))), mask: types.reduce((mask, type) => mask | (1 << eventTypeCode(type)), 0) }));
  seen.sort((a, b) => a.hi - b.hi || a.lo - b.lo);
  const data = new DataView(new ArrayBuffer(USER_STATE.headerBytes + seen.length * USER_STATE.seenBytes));
  data.setUint16(USER_STATE.offsets.version, USER_STATE.version, true);
  data.setUint32(USER_STATE.offsets.seen, seen.length, true);
  seen.forEach(({ lo, hi, mask }, i) => [lo, hi, mask].forEach((value, k) => data.setUint32(USER_STATE.headerBytes + i * USER_STATE.seenBytes + k * 4, value >>> 0, true)));
  return new UserStateView(new Uint8Array(data.buffer));
}

/** Items 0 to 4; 1 and 2 speak for 0, 0 speaks against 3. */
const table: TasteTable = {
  items: [0, 1, 2, 3, 4].map(id), width: 2, ids: Int32Array.of(1, 2, 0, -1, -1, -1, 0, 4, -1, -1), weights: Float32Array.of(0.5, 0.25, 0.125, 0, 0, 0, -0.5, 1, 0, 0),
};
const all = columnsOf(0, 1, 2, 3, 4, 5);
const view = ['view'];

describe('Taste', () => {
  it('sums what speaks for an item over all that a user has had, and forgets the user', () => {
    const taste = new Taste(table);
    const ordinals = Int32Array.of(3, 0, 5, 99, 2);
    expect([...taste.score(stateOf({ 1: view, 2: ['rating'], 0: ['purchase', 'view'] }), all, ordinals)]).toEqual([-0.5, 0.75, 0, 0, 0]);
    expect([...taste.score(stateOf({}), all, ordinals)]).toEqual([0, 0, 0, 0, 0]);
    expect([...taste.score(stateOf({ 4: view }), all, ordinals)]).toEqual([1, 0, 0, 0, 0]);
  });

  it('passes over what was disliked, hidden or only shown', () => {
    const had = { 1: ['view', 'dislike'], 2: ['impression'], 0: ['hide'], 4: ['search'] };
    expect([...new Taste(table).score(stateOf(had), all, Int32Array.of(0, 1, 3))]).toEqual([0, 0, 0]);
  });

  it('knows the items of a catalogue that grows, and of another one', () => {
    const taste = new Taste(table);
    const columns = columnsOf(5, 3);
    const state = stateOf({ 4: view, 1: view });
    expect([...taste.score(state, columns, Int32Array.of(0, 3))]).toEqual([0, 1]);
    columns.apply([item(0)]);
    expect([...taste.score(state, columns, Int32Array.of(0, 3))]).toEqual([0.5, 1]);
    expect([...taste.score(state, columnsOf(3, 0), Int32Array.of(0, 3))]).toEqual([0.5, 1]);
  });

  it('is the sum of the table\'s weights, whoever was asked for before', () => {
    const taste = new Taste(table);
    fc.assert(fc.property(fc.uniqueArray(fc.nat(5)), fc.array(fc.nat(7), { maxLength: 9 }), (had, ordinals) => {
      const slow = ordinals.map((n) => (n > 4 ? 0 : [0, 1].reduce((sum, k) => (had.includes(table.ids[n * 2 + k]!) ? sum + table.weights[n * 2 + k]! : sum), 0)));
      expect([...taste.score(stateOf(Object.fromEntries(had.map((n) => [n, view]))), all, Int32Array.from(ordinals))]).toEqual(slow);
    }));
  });

  it('refuses a table that does not fit', () => {
    expect(() => new Taste({ ...table, width: 3 })).toThrow(RangeError);
    expect(() => new Taste({ ...table, ids: table.ids.map(() => 5) })).toThrow(RangeError);
    expect(() => new Taste({ ...table, weights: table.weights.map(() => NaN) })).toThrow(RangeError);
  });
});

describe('a ranker with a taste table', () => {
  const runtime: RankerRuntime = { name: 'none', device: 'none', sessions: 1, run: async (features) => features.slice(), close: async () => undefined };
  const nothing = new Float32Array(2);
  const query = {
    state: stateOf({ 1: view }), columns: all, candidates: { ordinals: Int32Array.of(0, 3), scores: nothing, personalScores: nothing, nextScores: nothing }, context: { nowMs: 1 }, objective: [], featureRows: 0,
  };
  const spec = { name: 'ranker@1', features: ['taste_score'], heads: [{ name: 'engage', weight: 1 }], bytes: 0, means: Float32Array.of(0) };

  it('gives its model what speaks for each candidate, and nothing without a table', async () => {
    const { scores } = await new Ranker({ ...spec, taste: table }, runtime).rank(query);
    expect(scores[0]).toBeCloseTo(Math.log(26), 5);
    expect(scores[1]).toBe(0);
    expect([...(await new Ranker(spec, runtime).rank(query)).scores]).toEqual([0, 0]);
  });

  it('has it as a feature like any other', () => {
    const features = new FeatureComputer(['taste_score']).compute(query.state, all, { ...query.candidates, tasteScores: Float32Array.of(0.02, -1) }, query.context);
    expect([...features]).toEqual([Math.fround(Math.log1p(Math.fround(0.02) * 50)), 0]);
  });
});
