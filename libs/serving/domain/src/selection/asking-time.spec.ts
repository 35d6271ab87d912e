import { describe, expect, it } from '@jest/globals';
import { AskingTime } from './asking-time.js';

/** How many items can be asked about that take so long each. */
function asked(mostMs: number, itemMs: number, most = 1000): number {
  let now = 5000;
  const time = new AskingTime(mostMs, () => now);
  let items = 0;
  for (; items < most && !time.isOver(); items++) now += itemMs;
  return items;
}

describe('the time for asking', () => {
  it('is over when it is spent', () => {
    expect(asked(20, 1)).toBe(21);
    expect(asked(1, 1)).toBe(2);
    expect(asked(20, 0.001)).toBe(1000);
  });

  it('counts little of what something else took', () => {
    expect(asked(20, 5000)).toBe(11);
  });

  it('does not pass while something else is waited for', async () => {
    let now = 5000;
    const time = new AskingTime(10, () => now);
    let sections = 0;
    for (; sections < 1000 && !time.isOver(); sections++) {
      await Promise.resolve();
      now += 100;
    }
    expect(sections).toBe(1000);
  });

  it('is shared by the requests of a batch', () => {
    let now = 5000;
    const batch = new AskingTime(25);
    const requests = Array.from({ length: 4 }, () => new AskingTime(10, () => now, batch));
    const items = requests.map((time) => {
      // What passes between two requests is nobody's.
      now += 100;
      let count = 0;
      for (; !time.isOver(); count++) now++;
      return count;
    });
    expect(items).toEqual([11, 11, 4, 0]);
  });

  it('is the rest of a deadline, and a little when that has passed', () => {
    const soon = AskingTime.before(performance.now() - 1000);
    expect(soon.isOver()).toBe(false);
  });
});
