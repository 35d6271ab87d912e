import { describe, expect, it } from '@jest/globals';
import { BatchSize } from './batch-size.js';
import { TURN_MS } from './turns.js';

/** A thread whose time goes by when it is told so. */
function aThread() {
  let nowMs = 1000;
  return { size: new BatchSize(() => nowMs), work: (milliseconds: number) => { nowMs += milliseconds; } };
}

describe('the size of a batch', () => {
  it('comes to take one turn of the thread', () => {
    const { size, work } = aThread();
    for (let i = 0; i < 100; i++) {
      const took = size.begin(2000);
      const { records } = size;
      work(records * 0.01);
      took(records);
    }
    expect(size.records).toBeGreaterThan((TURN_MS / 0.01) * 0.99);
    expect(size.milliseconds(1000)).toBeCloseTo(TURN_MS, 0);
  });

  it('counts what batches take that are under way together once, however long they wait', () => {
    const { size, work } = aThread();
    for (let i = 0; i < 100; i++) {
      const batches = Array.from({ length: 64 }, () => size.begin(16));
      for (const took of batches) {
        work(16 * 0.01);
        took(16);
      }
    }
    expect(size.records).toBeGreaterThan((TURN_MS / 0.01) * 0.99);
  });

  it('stays within its bounds, and learns nothing from a few records', () => {
    const { size, work } = aThread();
    const { records } = size;
    for (const [waiting, taken] of [[1, 1], [15, 15], [16, 1]] as const) {
      const took = size.begin(waiting);
      work(1000);
      took(taken);
    }
    expect(size.records).toBe(records);
    for (let i = 0; i < 200; i++) {
      const took = size.begin(16);
      work(1000);
      took(16);
    }
    expect(size.records).toBe(16);
    for (let i = 0; i < 400; i++) size.begin(1000)(1000);
    expect(size.records).toBe(2000);
  });
});
