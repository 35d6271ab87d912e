import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EndsHistory } from './ends-history.js';

describe('the history of ends', () => {
  it('tells when a partition was last before a cursor', () => {
    const history = new EndsHistory();
    expect([history.end(1), history.wholeAtMs(1, 5)]).toEqual([0, 0]);
    history.note([0, 5], 1000);
    history.note([0, 5], 2000);
    history.note([3, 9], 3000);
    expect([4, 5, 8, 9].map((cursor) => history.wholeAtMs(1, cursor))).toEqual([0, 2000, 2000, 3000]);
    expect([0, 3].map((cursor) => history.wholeAtMs(0, cursor))).toEqual([2000, 3000]);
    expect(history.end(1)).toBe(9);
  });

  it('never says a later time than is true, and one that is at most 0.2 s too early', () => {
    const steps = fc.array(fc.record({ passes: fc.integer({ min: 1, max: 90 }), grows: fc.nat(2) }), { minLength: 1, maxLength: 200 });
    fc.assert(fc.property(steps, fc.nat(20), (list, behind) => {
      const history = new EndsHistory();
      const all: { atMs: number; end: number }[] = [];
      let [atMs, end] = [1000, 0];
      for (const { passes, grows } of list) {
        all.push({ atMs: (atMs += passes), end: (end += grows) });
        history.note([end], atMs);
      }
      const cursor = Math.max(all[0]!.end, end - behind);
      const exact = all.findLast((look) => look.end <= cursor)!.atMs;
      expect(history.wholeAtMs(0, cursor)).toBeLessThanOrEqual(exact);
      expect(history.wholeAtMs(0, cursor)).toBeGreaterThan(exact - 200);
    }));
  });

  it('forgets what was more than a minute ago', () => {
    const history = new EndsHistory();
    history.note([1], 1000);
    history.note([2], 61_001);
    expect(history.wholeAtMs(0, 1)).toBe(0);
  });
});
