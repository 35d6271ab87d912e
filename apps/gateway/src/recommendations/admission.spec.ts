import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { departureOf } from '../http/departed.js';
import { Admission } from './admission.js';

describe('admission', () => {
  it('lets the given number in at a time, in order, and skips who has gone', async () => {
    const admission = new Admission(2);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const gone = new AbortController();
    const runs = [0, 1, 2, 3].map((n) => admission.run(n === 2 ? gone.signal : undefined, () => {
      started.push(n);
      return new Promise<number>((resolve) => finish.push(() => resolve(n)));
    }));
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1]);
    gone.abort();
    finish[0]!();
    await expect(runs[2]).rejects.toMatchObject({ code: 'CANCELLED', reason: 'CALLER_GONE' });
    expect(started).toEqual([0, 1, 3]);
    finish.forEach((end) => end());
    expect(await Promise.all([runs[0], runs[1], runs[3]])).toEqual([0, 1, 3]);
  });
});

describe('a caller who goes away', () => {
  const reply = (writableFinished: boolean) => ({ raw: Object.assign(new EventEmitter(), { writableFinished }) }) as unknown as Parameters<typeof departureOf>[0];

  it('is one whose connection closed before the answer was complete', () => {
    const [answered, left] = [reply(true), reply(false)];
    const signals = [answered, left].map(departureOf);
    for (const { raw } of [answered, left]) raw.emit('close');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });
});
