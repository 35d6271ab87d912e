import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';
import { StateWriter } from './state-writer.js';

const logger = createLogger('feature-store', 'silent');

/** Remembers what was written; fails as often as it is told to. */
class Store {
  readonly flushes: number[][] = [];
  failures = 0;
  readonly checked: number[] = [];

  readonly check = async (partitions: readonly number[]): Promise<void> => {
    this.checked.push(...partitions);
  };

  readonly flush = async (partitions: readonly number[] = []): Promise<void> => {
    if (this.failures-- > 0) throw new Error('The disk is full.');
    this.flushes.push([...partitions]);
  };

  async until(count: number): Promise<void> {
    while (this.flushes.length < count) await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

describe('StateWriter', () => {
  it('writes every partition, a part of them at a time, over and over', async () => {
    const store = new Store();
    const writer = new StateWriter({ store, logger, metrics: { written: () => undefined } });
    writer.start();
    await store.until(8);
    await writer.stop();
    const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    const sorted = (flushes: readonly number[][]): number[] => flushes.flat().sort((a, b) => a - b);
    expect(sorted(store.flushes.slice(0, 4))).toEqual(all);
    expect(sorted(store.flushes.slice(4, 8))).toEqual(all);
    const { length } = store.flushes;
    await new Promise((resolve) => { setTimeout(resolve, 120); });
    expect(store.flushes).toHaveLength(length);
  }, 30_000);

  it('looks at every partition now and then', async () => {
    const store = new Store();
    const writer = new StateWriter({ store, logger, metrics: { written: () => undefined } });
    writer.start();
    await store.until(5);
    await writer.stop();
    expect([...store.checked].sort((a, b) => a - b)).toEqual(Array.from({ length: PARTITIONS }, (_, partition) => partition));
  }, 30_000);

  it('goes on after what could not be written', async () => {
    const store = new Store();
    store.failures = 1;
    const writer = new StateWriter({ store, logger, metrics: { written: () => undefined } });
    writer.start();
    await store.until(4);
    await writer.stop();
    expect(new Set(store.flushes.flat()).size).toBe(PARTITIONS);
  }, 30_000);
});
