import { describe, expect, it } from '@jest/globals';
import { ItemColumns } from '@serendip/shared-catalogue';
import { UserStateView, encodeProfile, type ProfileValue } from '@serendip/shared-layouts';
import { stateWithProfile } from '@serendip/shared-layouts/testing';
import fc from 'fast-check';
import { FeatureComputer, FeatureReader, namedFeature } from './index.js';

const NOW = 1_700_000_000_000;
const ITEMS = 3;
const nobody = new UserStateView(new Uint8Array(0));

const stateOf = (attributes: Readonly<Record<string, ProfileValue>>): UserStateView => new UserStateView(stateWithProfile(encodeProfile(attributes)));

const columns = new ItemColumns();
columns.apply(Array.from({ length: ITEMS }, (_, ordinal) => ({
  ordinal, version: 1, deleted: false, id: `item-${ordinal}`, title: '', categories: [], tags: [], price: 1, available: true, publishedAtMs: NOW, expiresAtMs: Infinity, attributes: { age: 1, brand: 'b' },
})));
const scores = new Float32Array(ITEMS + 1);
/** The last is of no item there is. */
const candidates = { ordinals: Int32Array.from({ length: ITEMS + 1 }, (_, i) => i), scores, personalScores: scores, nextScores: scores };
const read = (state: UserStateView, names: readonly string[]) => new FeatureReader(names).read({ state, columns, candidates, context: { nowMs: NOW } });

const ann = stateOf({ age: 42.5, member: true, banned: false, city: 'Oslo', likes: ['tents', 'stoves'], huge: 1e300, 'odd.name@1d=': 7 });

describe('user.<attribute>', () => {
  it.each([
    ['user.age', 42.5, 'PRESENT'], ['user.member', 1, 'PRESENT'], ['user.banned', 0, 'PRESENT'], ['user.city=Oslo', 1, 'PRESENT'], ['user.city=Bergen', 0, 'PRESENT'], ['user.likes=stoves', 1, 'PRESENT'],
    ['user.likes=skis', 0, 'PRESENT'], ['user.city', 0, 'NULL_VALUE'], ['user.likes', 0, 'NULL_VALUE'], ['user.nothing', 0, 'NULL_VALUE'], ['user.nothing=x', 0, 'NULL_VALUE'], ['user.constructor', 0, 'NULL_VALUE'],
    ['user.huge', 0, 'PRESENT'], ['user.age=42.5', 0, 'PRESENT'],
  ])('%s is %d, %s, with every candidate', (name, expected, status) => {
    const { values, statuses, newestMs } = read(ann, [name]);
    expect([...values]).toEqual(Array(ITEMS + 1).fill(expected));
    expect(statuses).toEqual(Array(ITEMS + 1).fill(status));
    expect(newestMs.every(Number.isNaN)).toBe(true);
  });

  it('is that of the user who asks, whoever asked before', () => {
    const computer = new FeatureComputer(['user.age', 'user.city=Oslo', 'item.age']);
    const rowOf = (state: UserStateView) => [...computer.compute(state, columns, candidates, { nowMs: NOW }).subarray(0, 3)];
    expect([rowOf(ann), rowOf(stateOf({ city: 'Oslo' })), rowOf(nobody), rowOf(ann)]).toEqual([[42.5, 1, 1], [0, 1, 1], [0, 0, 1], [42.5, 1, 1]]);
  });

  it('is not found of a stranger; somebody with a profile is none', () => {
    expect(read(nobody, ['user.age', 'user_events']).statuses.slice(0, 2)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect(read(ann, ['user_events', 'seen_count']).statuses.slice(0, 2)).toEqual(['NULL_VALUE', 'NULL_VALUE']);
  });

  it('changes no other feature', () => {
    const names = ['user.age', 'user.city=Oslo', 'user_count.click.7d', 'popularity_7d', 'price_log', 'session_new', 'hour_sin'];
    fc.assert(fc.property(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }), (some) => {
      const row = new FeatureComputer(some).compute(ann, columns, candidates, { nowMs: NOW });
      some.forEach((name, i) => expect([name, row[i]]).toEqual([name, new FeatureComputer([name]).compute(ann, columns, candidates, { nowMs: NOW })[0]]));
    }));
  });

  it('has no time-to-live, and needs a name', () => {
    expect(namedFeature('user.age')).toMatchObject({ entity: 'user', computed: 'attribute', dated: 'undated', timeToLiveMs: Infinity, words: 'what their profile says: age' });
    expect(read(ann, ['user.odd.name@1d=']).values[0]).toBe(0);
    for (const name of ['user.', 'user.=x']) expect(() => new FeatureComputer([name])).toThrow(/names no attribute/);
  });
});

describe('item.<attribute>', () => {
  it('has no value of an attribute that is of another kind', () => {
    expect(read(ann, ['item.age', 'item.brand', 'item.brand=b', 'item.none']).statuses.slice(0, 4)).toEqual(['PRESENT', 'NULL_VALUE', 'PRESENT', 'NULL_VALUE']);
  });
});
