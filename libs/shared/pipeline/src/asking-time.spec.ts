import { describe, expect, it } from '@jest/globals';
import { AskingTime } from './asking-time.js';

/** How many items can be asked about that take so long each. */
function asked(mostMs: number, itemMs: number, every = 1): number {
  let now = 5000;
  const time = new AskingTime({ mostMs, every, clock: () => now });
  let items = 0;
  for (; items < 1000 && !time.isOver(); items++) now += itemMs;
  return items;
}

describe('the time for asking', () => {
  it('is over when it is spent', () => {
    expect(asked(20, 1)).toBe(21);
    expect(asked(1, 1)).toBe(2);
    expect(asked(20, 0.001)).toBe(1000);
  });

  it('is looked at as often as it is told', () => {
    expect(asked(20, 0.05, 32)).toBe(416);
    expect(asked(20, 0.001, 32)).toBe(1000);
  });

  it('counts little of what something else took', () => {
    expect(asked(20, 5000)).toBe(11);
  });

  it('does not pass while something else is waited for', async () => {
    let now = 5000;
    const time = new AskingTime({ mostMs: 10, clock: () => now });
    let sections = 0;
    for (; sections < 1000 && !time.isOver(); sections++) {
      await Promise.resolve();
      now += 100;
    }
    expect(sections).toBe(1000);
  });

  it('is shared by requests that came as one', () => {
    let now = 5000;
    const shared = new AskingTime({ mostMs: 25 });
    const requests = Array.from({ length: 4 }, () => new AskingTime({ mostMs: 10, shared, clock: () => now }));
    const items = requests.map((time) => {
      // What passes between two requests is nobody's.
      now += 100;
      let count = 0;
      for (; !time.isOver(); count++) now++;
      return count;
    });
    expect(items).toEqual([11, 11, 4, 0]);
  });
});
