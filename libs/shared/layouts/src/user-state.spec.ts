import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { USER_STATE, UserStateView } from './index.js';

const uint32 = fc.nat(0xffffffff);
const item = { lo: uint32, hi: uint32 };
const time = fc.integer({ min: 0, max: 2 ** 42 });

const states = fc.record({
  position: fc.integer({ min: 0, max: 2 ** 50 }), firstTimeMs: time, lastTimeMs: time, session: fc.record({ ...item, startMs: time, events: uint32 }),
  interactions: fc.array(fc.record({ ...item, timeMs: time, value: fc.float(), type: fc.nat(31) }), { maxLength: 12 }),
  counters: fc.array(fc.record({ type: fc.nat(31), total: uint32, logs: fc.tuple(fc.double(), fc.double(), fc.double()) }), { maxLength: 5 }),
  seen: fc.uniqueArray(fc.record({ ...item, mask: uint32 }), { maxLength: 40, selector: ({ lo, hi }) => `${hi}.${lo}` })
    .map((list) => list.sort((a, b) => a.hi - b.hi || a.lo - b.lo)),
  impressions: fc.array(fc.record({ ...item, timeMs: time, count: fc.nat(0xffff) }), { maxLength: 6 }),
  profile: fc.uint8Array({ maxLength: 20 }),
});
type State = typeof states extends fc.Arbitrary<infer T> ? T : never;

/** A record as the layout's comment describes it, from its offset on in a larger buffer. */
function recordOf(state: State, at = 0, version = 2): Uint8Array {
  const { interactions, counters, seen, impressions, profile, session } = state;
  const length = 64 + interactions.length * 24 + counters.length * 32 + seen.length * 12 + impressions.length * 20 + profile.length;
  const bytes = new Uint8Array(at + length);
  const data = new DataView(bytes.buffer, at, length);
  [version, interactions.length, counters.length, impressions.length].forEach((value, i) => { data.setUint16(i * 2, value, true); });
  data.setUint32(8, seen.length, true);
  data.setUint32(12, profile.length, true);
  [state.position, state.firstTimeMs, state.lastTimeMs].forEach((value, i) => { data.setFloat64(16 + i * 8, value, true); });
  data.setUint32(40, session.lo, true);
  data.setUint32(44, session.hi, true);
  data.setFloat64(48, session.startMs, true);
  data.setUint32(56, session.events, true);
  let place = 64;
  for (const { lo, hi, timeMs, value, type } of interactions) {
    item64(data, place, { lo, hi });
    data.setFloat64(place + 8, timeMs, true);
    data.setFloat32(place + 16, value, true);
    data.setUint16(place + 20, type, true);
    place += 24;
  }
  for (const { type, total, logs } of counters) {
    data.setUint16(place, type, true);
    data.setUint32(place + 4, total, true);
    logs.forEach((log, i) => { data.setFloat64(place + 8 + i * 8, log, true); });
    place += 32;
  }
  for (const { lo, hi, mask } of seen) {
    item64(data, place, { lo, hi });
    data.setUint32(place + 8, mask, true);
    place += 12;
  }
  for (const { lo, hi, timeMs, count } of impressions) {
    item64(data, place, { lo, hi });
    data.setFloat64(place + 8, timeMs, true);
    data.setUint16(place + 16, count, true);
    place += 20;
  }
  bytes.set(profile, at + place);
  return bytes.subarray(at);
}

function item64(data: DataView, place: number, { lo, hi }: { readonly lo: number; readonly hi: number }): void {
  data.setUint32(place, lo, true);
  data.setUint32(place + 4, hi, true);
}

/** All that a view tells. */
function readAll(view: UserStateView): State {
  const each = <T>(count: number, read: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => read(i));
  return {
    position: view.position, firstTimeMs: view.firstTimeMs, lastTimeMs: view.lastTimeMs,
    session: { lo: view.sessionLo, hi: view.sessionHi, startMs: view.sessionStartMs, events: view.sessionEvents },
    interactions: each(view.interactions, (i) => ({ lo: view.itemLo(i), hi: view.itemHi(i), timeMs: view.timeMs(i), value: view.value(i), type: view.type(i) })),
    counters: each(view.counters, (i) => ({ type: view.counterType(i), total: view.counterTotal(i), logs: [view.counterLog(i, 0), view.counterLog(i, 1), view.counterLog(i, 2)] as const })) as State['counters'],
    seen: each(view.seen, (i) => ({ lo: view.seenLo(i), hi: view.seenHi(i), mask: view.seenMask(i) })),
    impressions: each(view.impressions, (i) => ({ lo: view.impressionLo(i), hi: view.impressionHi(i), timeMs: view.impressionTimeMs(i), count: view.impressionCount(i) })),
    profile: Uint8Array.from(view.profile),
  };
}

describe('UserStateView', () => {
  it('reads every field in place, at any alignment', () => {
    fc.assert(fc.property(states, fc.nat(9), (state, at) => {
      const record = recordOf(state, at);
      const view = new UserStateView(record);
      expect(readAll(view)).toEqual(state);
      expect(view.profile.buffer).toBe(record.buffer);
    }));
  });

  it('finds what a user did with an item, and the counter of a type', () => {
    fc.assert(fc.property(states, uint32, uint32, (state, lo, hi) => {
      const view = new UserStateView(recordOf(state));
      for (const one of state.seen) expect(view.seenMaskOf(one.lo, one.hi)).toBe(one.mask);
      if (!state.seen.some((one) => one.lo === lo && one.hi === hi)) expect(view.seenMaskOf(lo, hi)).toBe(0);
      for (let type = 0; type < 32; type++) expect(view.counterOf(type)).toBe(state.counters.findIndex((counter) => counter.type === type));
    }));
  });

  it('takes an empty record for a user of whom nothing is known', () => {
    const { profile, ...rest } = readAll(new UserStateView(new Uint8Array(0)));
    expect(profile).toHaveLength(0);
    expect(rest).toEqual({ position: 0, firstTimeMs: 0, lastTimeMs: 0, session: { lo: 0, hi: 0, startMs: 0, events: 0 }, interactions: [], counters: [], seen: [], impressions: [] });
  });

  it('reads the version without impressions too', () => {
    fc.assert(fc.property(states, (state) => {
      const old = { ...state, impressions: [] };
      expect(readAll(new UserStateView(recordOf(old, 0, 1)))).toEqual(old);
    }));
  });

  it('refuses what is cut short, too long or of another version', () => {
    fc.assert(fc.property(states, fc.nat(), (state, cut) => {
      const record = recordOf(state);
      const length = 1 + (cut % (record.length - 1));
      expect(() => new UserStateView(record.slice(0, length))).toThrow(RangeError);
      expect(() => new UserStateView(Uint8Array.of(...record, 0))).toThrow(RangeError);
    }));
    for (const version of [0, USER_STATE.version + 1, 0xffff]) {
      expect(() => new UserStateView(recordOf({ ...emptyState, position: 1 }, 0, version))).toThrow(RangeError);
    }
  });

  it.each([
    ['interactions', USER_STATE.maxInteractions, { lo: 1, hi: 2, timeMs: 3, value: 0, type: 1 }],
    ['impressions', USER_STATE.maxImpressions, { lo: 1, hi: 2, timeMs: 3, count: 1 }],
  ] as const)('refuses more %s than %s: whoever reads has room for so many', (list, most, one) => {
    const withSoMany = (count: number) => new UserStateView(recordOf({ ...emptyState, [list]: Array.from({ length: count }, () => one) }));
    expect(withSoMany(most)[list]).toBe(most);
    expect(() => withSoMany(most + 1)).toThrow(RangeError);
  });
});

const emptyState: State = {
  position: 0, firstTimeMs: 0, lastTimeMs: 0, session: { lo: 0, hi: 0, startMs: 0, events: 0 }, interactions: [], counters: [], seen: [], impressions: [], profile: new Uint8Array(0),
};
