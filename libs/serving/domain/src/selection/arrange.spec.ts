import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slowSelection, type SlowItem, type SlowRules } from '../testing/slow-selection.js';
import { arrange, type ReserveColumns } from './arrange.js';

const labels = ['a', 'b', 'c', 'd', 'e'];

/** Columns of plain items. */
function columnsOf(items: readonly SlowItem[], { caps, pins }: SlowRules): ReserveColumns {
  const groupNames = caps.map((_, cap) => [...new Set(items.map(({ groups }) => groups[cap]))].filter((group) => group !== undefined));
  return {
    scores: Float32Array.from(items, ({ score }) => score),
    labels: items.map((item) => Int32Array.from(new Set(item.labels.map((label) => labels.indexOf(label)))).sort()),
    groups: caps.map((_, cap) => Int32Array.from(items, ({ groups }) => groupNames[cap]!.indexOf(groups[cap]!))),
    matches: pins.map((_, pin) => Uint8Array.from(items, ({ matches }) => (matches[pin] ? 1 : 0))),
  };
}

const someRules = fc.record<SlowRules>({
  limit: fc.integer({ min: 1, max: 20 }),
  diversity: fc.constantFrom(0, 0, 0.3, 0.7, 1),
  caps: fc.array(fc.record({ limit: fc.integer({ min: 1, max: 3 }), window: fc.integer({ min: 1, max: 8 }) }), { maxLength: 2 }),
  pins: fc.uniqueArray(fc.record({ slot: fc.integer({ min: 1, max: 25 }) }), { maxLength: 3, selector: ({ slot }) => slot }),
  fill: fc.constantFrom('fill-up' as const, 'strict' as const),
});

const someItem = fc.record<SlowItem>({
  score: fc.constantFrom(-2, -1, 0, 0.25, 0.5, 1, 1, 3, NaN, -Infinity),
  labels: fc.uniqueArray(fc.constantFrom(...labels), { maxLength: 3 }),
  groups: fc.array(fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }), { minLength: 2, maxLength: 2 }),
  matches: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
});

const best = (a: SlowItem, b: SlowItem): number => {
  const key = (score: number): number => (Number.isFinite(score) ? score : -Infinity);
  return key(a.score) === key(b.score) ? 0 : key(b.score) - key(a.score);
};

/** Of all sizes: short ones, and longer than a slot looks ahead. */
const someReserve = fc.oneof(fc.array(someItem, { maxLength: 30 }), fc.array(someItem, { maxLength: 120, size: 'max' })).map((items) => items.sort(best));

/** Items of one label each, which is also their group; `A!` matches the first pin. */
const plain = (...names: readonly string[]): SlowItem[] => names.map((name, i) => ({
  score: -i, labels: [name[0]!], groups: [name[0]], matches: [name.endsWith('!')],
}));

const rules = (more: Partial<SlowRules>): SlowRules => ({ limit: 4, diversity: 0, caps: [], pins: [], fill: 'fill-up', ...more });
const listOf = (items: readonly SlowItem[], more: Partial<SlowRules>): number[] => [...arrange(columnsOf(items, rules(more)), { ...rules(more), caps: rules(more).caps.map((cap) => ({ ...cap, group: 'g' })) }).order];

describe('arrange', () => {
  it('is the plainest selection one can write, for any reserve and any rules', () => {
    fc.assert(fc.property(someReserve, someRules, (items, given) => {
      const caps = given.caps.map((cap) => ({ ...cap, group: 'g' }));
      const { order } = arrange(columnsOf(items, given), { ...given, caps });
      expect([...order]).toEqual(slowSelection(items, given));
    }), { numRuns: 400 });
  });

  it('shows each item once, and a full list unless it may be shortened', () => {
    fc.assert(fc.property(someReserve, someRules, (items, given) => {
      const list = listOf(items, given);
      expect(new Set(list).size).toBe(list.length);
      if (given.fill === 'fill-up' || given.caps.length === 0) expect(list).toHaveLength(Math.min(given.limit, items.length));
      else expect(list.length).toBeLessThanOrEqual(Math.min(given.limit, items.length));
    }));
  });

  it('keeps the order of scores where no rule is', () => {
    expect(listOf(plain('a', 'a', 'b', 'a', 'b'), {})).toEqual([0, 1, 2, 3]);
  });

  it('moves up the next item that a cap allows', () => {
    expect(listOf(plain('a', 'a', 'a', 'b', 'c'), { caps: [{ limit: 1, window: 3 }] })).toEqual([0, 3, 4, 1]);
  });

  it('fills up or ends when a cap allows nothing that is left', () => {
    const items = plain('a', 'a', 'a', 'b');
    expect(listOf(items, { caps: [{ limit: 1, window: 4 }] })).toEqual([0, 3, 1, 2]);
    expect(listOf(items, { caps: [{ limit: 1, window: 4 }], fill: 'strict' })).toEqual([0, 3]);
  });

  it('looks 64 items ahead for one that a cap allows, and no further', () => {
    const same = (count: number): string[] => Array.from({ length: count }, () => 'a');
    const caps = [{ limit: 1, window: 2 }];
    expect(listOf(plain(...same(64), 'b'), { limit: 2, caps })).toEqual([0, 64]);
    expect(listOf(plain(...same(65), 'b'), { limit: 2, caps })).toEqual([0, 1]);
    expect(slowSelection(plain(...same(65), 'b'), rules({ limit: 2, caps }))).toEqual([0, 1]);
  });

  it('gives a pin its slot whatever caps say, and keeps the cap around it', () => {
    const items = plain('a', 'b', 'c', 'a!', 'd');
    expect(listOf(items, { pins: [{ slot: 2 }] })).toEqual([0, 3, 1, 2]);
    expect(listOf(items, { pins: [{ slot: 2 }], caps: [{ limit: 1, window: 2 }] })).toEqual([1, 3, 2, 0]);
  });

  it('puts the pins of slots that are not reached last, before those that are', () => {
    expect(listOf(plain('a!', 'b', 'c').map((item, i) => ({ ...item, matches: [i === 0, i === 1] })), { limit: 10, pins: [{ slot: 9 }, { slot: 3 }] })).toEqual([2, 0, 1]);
    expect(listOf(plain('a!', 'b', 'c'), { limit: 10, pins: [{ slot: 9 }] })).toEqual([1, 2, 0]);
    expect(listOf(plain('a!', 'b', 'c'), { limit: 2, pins: [{ slot: 9 }] })).toEqual([0, 1]);
  });

  it('prefers what differs from what is shown, the more so the greater diversity is', () => {
    const items = plain('a', 'a', 'a', 'b', 'b');
    expect(listOf(items, { diversity: 0 })).toEqual([0, 1, 2, 3]);
    expect(listOf(items, { diversity: 1 })).toEqual([0, 3, 1, 2]);
    expect(listOf(plain('a', 'a', 'a!', 'b'), { diversity: 1, pins: [{ slot: 4 }] })).toEqual([3, 0, 1, 2]);
  });
});
