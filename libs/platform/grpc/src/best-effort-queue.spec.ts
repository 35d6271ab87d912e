import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { BestEffortQueue, type BestEffortBounds } from './best-effort-queue.js';

let sent: string[][];
let dropped: { readonly count: number; readonly error?: unknown }[];
let sending: () => Promise<unknown>;
beforeEach(() => {
  sent = [];
  dropped = [];
  sending = async () => undefined;
});

function queue(bounds?: BestEffortBounds): BestEffortQueue<string, string> {
  return new BestEffortQueue<string, string>({
    prepare: (raw) => {
      if (raw === 'bad') throw new Error('bad');
      return raw.toUpperCase();
    },
    bytesOf: (entry) => entry.length,
    send: async (batch) => {
      sent.push([...batch]);
      await sending();
    },
    dropped: (count, error) => void dropped.push({ count, ...(error === undefined ? {} : { error }) }),
  }, bounds);
}

describe('BestEffortQueue', () => {
  it('sends what was added, in order, gathered and at most 100 at once', async () => {
    const waiting = queue();
    waiting.add(['a']);
    waiting.add(['b', 'c']);
    await waiting.close();
    expect(sent).toEqual([['A', 'B', 'C']]);
    const many = queue();
    many.add(Array.from({ length: 250 }, () => 'x'));
    await many.close();
    expect(sent.map(({ length }) => length)).toEqual([3, 100, 100, 50]);
    expect(dropped).toEqual([]);
  });

  it('drops what is too much, in number or bytes, and counts it', async () => {
    sending = () => new Promise(() => undefined);
    const waiting = queue({ entries: 5, bytes: 10 });
    waiting.add(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(dropped).toEqual([{ count: 2 }]);
    await sleep(200);
    waiting.add(['late']);
    expect(dropped).toEqual([{ count: 2 }, { count: 1 }]);
    const long = queue({ entries: 5, bytes: 10 });
    long.add(['x'.repeat(8), 'x'.repeat(8), 'y']);
    await sleep(5);
    expect(dropped.at(-1)).toEqual({ count: 1 });
    await long.close();
    expect(sent.at(-1)).toEqual(['X'.repeat(8), 'Y']);
  });

  it('drops what can not be prepared or sent, and goes on', async () => {
    const failure = new Error('away');
    sending = () => Promise.reject(failure);
    const waiting = queue();
    waiting.add(['bad', 'a']);
    await sleep(200);
    sending = async () => undefined;
    waiting.add(['b']);
    await waiting.close();
    expect(sent).toEqual([['A'], ['B']]);
    expect(dropped).toEqual([{ count: 1, error: new Error('bad') }, { count: 1, error: failure }]);
  });

  it('ends though what it sends never settles', async () => {
    sending = () => new Promise(() => undefined);
    const waiting = queue();
    waiting.add(['a']);
    const started = performance.now();
    await waiting.close();
    expect(performance.now() - started).toBeLessThan(3_000);
    waiting.add(['b']);
    expect(dropped).toEqual([{ count: 1 }]);
  });
});
