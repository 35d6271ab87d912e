import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallTable } from './call-table.js';

describe('CallTable', () => {
  it('does what a Map would, and gives no number twice', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constant('add' as const), fc.nat(40)), { maxLength: 300 }), (steps) => {
      const table = new CallTable<number>();
      const model = new Map<number, number>();
      const given: number[] = [];
      for (const step of steps) {
        if (step === 'add') {
          const number = table.add(given.length);
          expect(given).not.toContain(number);
          model.set(number, given.length);
          given.push(number);
        } else {
          const number = given[step % Math.max(1, given.length)] ?? 1;
          expect(table.has(number)).toBe(model.has(number));
          expect(table.take(number)).toBe(model.get(number));
          model.delete(number);
        }
        expect(table.size).toBe(model.size);
        expect(table.all().sort()).toEqual([...model.keys()].sort());
      }
    }));
  });

  it('knows when it is full, and has 32-bit numbers', () => {
    const table = new CallTable<string>();
    let last = 0;
    while (!table.isFull) last = table.add('x');
    expect(table.size).toBe(4096);
    for (let i = 0; i < 2 ** 20; i++) {
      table.take(last);
      last = table.add('x');
    }
    expect(last).toBeLessThan(2 ** 32);
    expect(last).toBeGreaterThan(0);
  });
});
