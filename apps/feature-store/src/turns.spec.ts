import { describe, expect, it } from '@jest/globals';
import { TURN_MS, Turns } from './turns.js';

/** Says in which turn of the event loop each went on. */
async function turnsOf(costs: readonly number[]): Promise<number[]> {
  const turns = new Turns();
  let turn = 0;
  let counting = true;
  const count = (): void => {
    turn++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const went = await Promise.all(costs.map(async (milliseconds) => {
    await turns.next(milliseconds);
    return turn;
  }));
  counting = false;
  return went.map((one) => one - went[0]!);
}

describe('Turns', () => {
  it('lets as many go on in one turn as it has time for, in the order they came', async () => {
    expect(await turnsOf([1, 1, 1, 1, 1])).toEqual([0, 0, 0, 1, 1]);
    expect(await turnsOf([0.1, TURN_MS, 0.1])).toEqual([0, 1, 2]);
  });

  it('gives a turn of its own to what takes longer than one', async () => {
    expect(await turnsOf([10, 10, 0.1])).toEqual([0, 1, 2]);
  });
});
