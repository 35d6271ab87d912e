import { describe, expect, it } from '@jest/globals';
import { hash64 } from '@serendip/shared-identity';
import { HALF_LIVES_MS, USER_STATE, UserStateView, decayedValue, eventTypeCode, eventTypeMask } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { UserStateDraft, type Interaction } from './user-state-draft.js';

const NOW = 1_790_000_000_000;
const MINUTE = 60_000;
const CLICK = eventTypeCode('click');
const S = hash64('s');

const interaction = (item: string, timeMs: number, type = CLICK, value = NaN): Interaction => ({ ...hash64(item), type, value, timeMs });
const viewOf = (draft: UserStateDraft): UserStateView => new UserStateView(draft.encode());

const anInteraction = fc.record({
  item: fc.nat(40), type: fc.constantFrom(...['view', 'click', 'purchase', 'rating', 'own'].map(eventTypeCode)),
  /** Few times, so that many events have the same. */
  ago: fc.nat(60).map((hours) => hours * 60 * MINUTE), value: fc.oneof(fc.constant(NaN), fc.nat(5)), session: fc.nat(2),
});

function apply(draft: UserStateDraft, { item, type, ago, value, session }: typeof anInteraction extends fc.Arbitrary<infer T> ? T : never): void {
  draft.count(type, NOW - ago, hash64(`s${session}`));
  draft.interact(interaction(`item-${item}`, NOW - ago, type, value));
}

describe('a user state', () => {
  it('of nobody is empty', () => {
    expect(viewOf(new UserStateDraft())).toMatchObject({ interactions: 0, counters: 0, seen: 0, position: 0, firstTimeMs: 0, lastTimeMs: 0, sessionEvents: 0 });
  });

  it('goes on from its record as if it had never been written', () => {
    fc.assert(fc.property(fc.array(anInteraction, { maxLength: 60 }), fc.array(anInteraction, { maxLength: 60 }), fc.uint8Array({ maxLength: 40 }), (before, after, profile) => {
      const whole = new UserStateDraft();
      whole.profile = profile;
      for (const one of before) apply(whole, one);
      const again = new UserStateDraft(whole.encode());
      expect(again.encode()).toEqual(whole.encode());
      for (const one of after) {
        apply(whole, one);
        apply(again, one);
      }
      expect(again.encode()).toEqual(whole.encode());
    }));
  });

  it('can be read from any place in memory', () => {
    const draft = new UserStateDraft();
    for (let i = 0; i < 5; i++) draft.interact(interaction(`${i}`, NOW + i));
    const record = draft.encode();
    for (const offset of [1, 3, 8]) {
      const buffer = new Uint8Array(record.length + 16);
      buffer.set(record, offset);
      expect(new UserStateDraft(buffer.subarray(offset, offset + record.length)).encode()).toEqual(record);
    }
  });

  it('says what a plain list of the events says', () => {
    fc.assert(fc.property(fc.array(anInteraction, { minLength: 1, maxLength: 320 }), (list) => {
      const draft = new UserStateDraft();
      for (const one of list) apply(draft, one);
      const view = viewOf(draft);
      // Array.sort is stable: of two at the same time the first to come is the older.
      const kept = list.toSorted((a, b) => b.ago - a.ago).slice(-USER_STATE.maxInteractions);
      expect(Array.from({ length: view.interactions }, (_, i) => [view.timeMs(i), view.itemLo(i), view.type(i), view.value(i)]))
        .toEqual(kept.map(({ item, ago, type, value }) => [NOW - ago, hash64(`item-${item}`).lo, type, value]));
      expect([view.firstTimeMs, view.lastTimeMs]).toEqual([Math.min(...list.map(({ ago }) => NOW - ago)), Math.max(...list.map(({ ago }) => NOW - ago))]);
      for (const type of new Set(list.map((one) => one.type))) {
        const own = list.filter((one) => one.type === type);
        const counter = view.counterOf(type);
        expect(view.counterTotal(counter)).toBe(own.length);
        HALF_LIVES_MS.forEach((halfLife, i) => {
          const expected = own.reduce((sum, { ago }) => sum + 0.5 ** (ago / halfLife), 0);
          expect(decayedValue(view.counterLog(counter, i), NOW, halfLife) / expected).toBeCloseTo(1, 8);
        });
      }
      const items = Map.groupBy(list, ({ item }) => item);
      expect(view.seen).toBe(items.size);
      for (const [item, events] of items) {
        const { lo, hi } = hash64(`item-${item}`);
        expect(view.seenMaskOf(lo, hi)).toBe(events.reduce((mask, { type }) => (mask | (1 << type)) >>> 0, 0));
      }
    }), { numRuns: 50 });
  });

  it('remembers every item ever, with the types of events, beyond the ring', () => {
    const draft = new UserStateDraft();
    for (let i = 0; i < 400; i++) draft.interact(interaction(`item-${i}`, NOW + ((i * 7919) % 400) * 1000));
    const view = viewOf(draft);
    expect(view.interactions).toBe(256);
    expect(view.seen).toBe(400);
    for (const i of [0, 133, 399]) {
      const { lo, hi } = hash64(`item-${i}`);
      expect(view.seenMaskOf(lo, hi)).toBe(eventTypeMask(['click']));
    }
    expect(view.seenMaskOf(1, 2)).toBe(0);
  });
});

describe('impressions', () => {
  const shown = (item: string, timeMs: number) => ({ ...hash64(item), timeMs, count: 1 });
  const countOf = (draft: UserStateDraft, item: string): number => {
    const view = viewOf(draft);
    const { lo, hi } = hash64(item);
    const at = Array.from({ length: view.impressions }, (_, i) => i).find((i) => view.impressionLo(i) === lo && view.impressionHi(i) === hi);
    return at === undefined ? 0 : view.impressionCount(at);
  };

  it('are counted until the item is engaged with, in whatever order they come', () => {
    const draft = new UserStateDraft();
    for (const minute of [1, 2, 5]) draft.impress(shown('a', NOW + minute * MINUTE));
    draft.impress(shown('b', NOW));
    expect([countOf(draft, 'a'), countOf(draft, 'b')]).toEqual([3, 1]);
    draft.interact(interaction('a', NOW + 6 * MINUTE));
    expect([countOf(draft, 'a'), countOf(draft, 'b')]).toEqual([0, 1]);
    draft.impress(shown('a', NOW + 3 * MINUTE));
    expect(countOf(draft, 'a')).toBe(0);
    draft.impress(shown('a', NOW + 7 * MINUTE));
    draft.interact(interaction('a', NOW + 4 * MINUTE));
    expect(countOf(draft, 'a')).toBe(1);
  });

  it('are neither interactions nor seen items nor a session', () => {
    const draft = new UserStateDraft();
    draft.impress(shown('a', NOW));
    expect(viewOf(draft)).toMatchObject({ interactions: 0, seen: 0, counters: 0, sessionEvents: 0, lastTimeMs: 0, impressions: 1 });
  });

  it('are of the 128 items shown last, by time, and survive being written', () => {
    fc.assert(fc.property(fc.array(fc.record({ item: fc.nat(200), ago: fc.nat(1000) }), { maxLength: 300 }), fc.array(anInteraction, { maxLength: 20 }), (list, interactions) => {
      const whole = new UserStateDraft();
      let again = new UserStateDraft();
      for (const [i, { item, ago }] of list.entries()) {
        for (const draft of [whole, again]) {
          draft.impress(shown(`item-${item}`, NOW - ago * MINUTE));
          if (interactions[i] !== undefined) apply(draft, interactions[i]!);
        }
        again = new UserStateDraft(again.encode());
      }
      expect(again.encode()).toEqual(whole.encode());
      const view = viewOf(whole);
      const times = Array.from({ length: view.impressions }, (_, i) => view.impressionTimeMs(i));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(view.impressions).toBeLessThanOrEqual(USER_STATE.maxImpressions);
      if (interactions.length === 0 && view.impressions < USER_STATE.maxImpressions) {
        for (const [item, shownTimes] of Map.groupBy(list, (one) => one.item)) expect(countOf(whole, `item-${item}`)).toBe(shownTimes.length);
      }
    }), { numRuns: 60 });
  });

  it('add up in a merge, without those of items that one of both engaged with later', () => {
    const own = new UserStateDraft();
    const other = new UserStateDraft();
    for (const item of ['a', 'b', 'c']) {
      own.impress(shown(item, NOW));
      other.count(CLICK, NOW, S);
      other.impress(shown(item, NOW + MINUTE));
    }
    own.interact(interaction('b', NOW + 2 * MINUTE));
    other.interact(interaction('c', NOW + 2 * MINUTE));
    own.merge(viewOf(other));
    expect(['a', 'b', 'c'].map((item) => countOf(own, item))).toEqual([2, 0, 0]);
  });

  it('are none in a state of version 1', () => {
    const draft = new UserStateDraft();
    apply(draft, { item: 1, type: CLICK, ago: 0, value: NaN, session: 1 });
    const first = draft.encode();
    new DataView(first.buffer).setUint16(0, 1, true);
    expect(new UserStateDraft(first).encode()).toEqual(draft.encode());
    new DataView(first.buffer).setUint16(0, 3, true);
    expect(() => new UserStateView(first)).toThrow(RangeError);
  });
});

describe('a session', () => {
  const sessionAfter = (...events: readonly [minutes: number, session: string][]): UserStateView => {
    const draft = new UserStateDraft();
    for (const [minutes, session] of events) draft.count(CLICK, NOW + minutes * MINUTE, hash64(session));
    return viewOf(draft);
  };

  it('goes on while its events are less than half an hour apart', () => {
    expect(sessionAfter([0, 's'], [30, 's'], [59, 's'])).toMatchObject({ sessionEvents: 3, sessionStartMs: NOW, sessionLo: S.lo, sessionHi: S.hi });
  });

  it('begins with another id, or after half an hour', () => {
    expect(sessionAfter([0, 's'], [1, 't'])).toMatchObject({ sessionEvents: 1, sessionStartMs: NOW + MINUTE, sessionLo: hash64('t').lo });
    expect(sessionAfter([0, 's'], [31, 's'])).toMatchObject({ sessionEvents: 1, sessionStartMs: NOW + 31 * MINUTE });
  });

  it('is not ended by what comes late of another one', () => {
    expect(sessionAfter([100, 's'], [0, 't'], [101, 's'])).toMatchObject({ sessionEvents: 2, sessionStartMs: NOW + 100 * MINUTE, sessionLo: S.lo });
  });
});
