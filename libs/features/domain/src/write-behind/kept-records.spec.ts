import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeptRecords } from './kept-records.js';

const keyOf = (n: number) => ({ tenant: 't', entity: `u:${n}` });

describe('KeptRecords', () => {
  it('keeps no more than twice its bytes and those of one record, and what was asked for last', () => {
    const step = fc.record({ user: fc.nat(20), bytes: fc.integer({ min: 1, max: 144 }), kind: fc.constantFrom('keep', 'get', 'replace', 'remove') });
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const kept = new KeptRecords(1000);
      const last = new Map<number, Uint8Array | undefined>();
      for (const { user, bytes, kind } of steps) {
        const record = new Uint8Array(bytes).fill(user);
        if (kind === 'keep') {
          kept.keep(keyOf(user), record);
          last.set(user, record);
        } else if (kind !== 'get') {
          const isKept = kept.get(keyOf(user)) !== undefined;
          kept.replace(keyOf(user), kind === 'replace' ? record : undefined);
          if (isKept) last.set(user, kind === 'replace' ? record : undefined);
        }
        const found = Array.from({ length: 21 }, (_, n) => [n, kept.get(keyOf(n))] as const).filter(([, one]) => one !== undefined);
        for (const [n, one] of found) expect(one).toEqual(last.get(n));
        expect(found.reduce((sum, [, one]) => sum + one!.byteLength + 256, 0)).toBeLessThanOrEqual(2400);
        if (kind === 'keep') expect(kept.get(keyOf(user))).toEqual(record);
      }
    }));
  });

  it('keeps nothing of what a record is part of', () => {
    const kept = new KeptRecords(1000);
    kept.keep(keyOf(1), new Uint8Array(1000).subarray(10, 20));
    expect(kept.get(keyOf(1))!.buffer.byteLength).toBe(10);
  });

  it('forgets everything at once', () => {
    const kept = new KeptRecords(1000);
    kept.keep(keyOf(1), new Uint8Array(10));
    kept.clear();
    expect(kept.get(keyOf(1))).toBeUndefined();
  });
});
