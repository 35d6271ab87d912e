import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowMarks } from './row-marks.js';

const MOST = 40;

describe('RowMarks', () => {
  it('counts rows of one user, with the first time that was given, and nothing of the user before', () => {
    const row = fc.oneof(fc.nat(60), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
    const met = fc.array(fc.tuple(row, fc.integer({ min: 1, max: 1e12 })), { maxLength: MOST });
    const marks = new RowMarks(MOST);
    fc.assert(fc.property(fc.array(met, { minLength: 1, maxLength: 4 }), fc.array(row), (users, others) => {
      let model = new Map<number, { count: number; lastMs: number }>();
      for (const rows of users) {
        marks.begin();
        model = new Map();
        for (const [at, timeMs] of rows) {
          marks.meet(at, timeMs);
          model.set(at, { count: (model.get(at)?.count ?? 0) + 1, lastMs: model.get(at)?.lastMs ?? timeMs });
        }
      }
      for (const at of [...users.flat().map(([each]) => each), ...others]) {
        const place = marks.find(at);
        expect(place < 0 ? undefined : { count: marks.countAt(place), lastMs: marks.lastMsAt(place) }).toEqual(model.get(at));
      }
    }));
  });

  it('sets how often and when last at once', () => {
    const marks = new RowMarks(MOST);
    for (let row = 0; row < MOST; row++) marks.set(row * 1024, row + 1, row);
    marks.set(0, 9, 8);
    expect(Array.from({ length: MOST }, (_, row) => marks.find(row * 1024)).map((place) => [marks.countAt(place), marks.lastMsAt(place)])).toEqual([[9, 8], ...Array.from({ length: MOST - 1 }, (_, i) => [i + 2, i + 1])]);
    expect(marks.find(1)).toBe(-1);
  });
});
