import { describe, expect, it } from '@jest/globals';
import { importIdOf } from './import-ledger.js';

describe('importIdOf', () => {
  it('is the same for the same tenant and name, and only for them', () => {
    const ids = [['a', 'b'], ['a', 'c'], ['b', 'b'], ['ab', ''], ['', 'ab']].map(([tenant, name]) => importIdOf(tenant!, name!));
    expect(new Set(ids).size).toBe(5);
    expect(importIdOf('a', 'b')).toBe(ids[0]);
    expect(ids[0]).toMatch(/^imp_[0-9a-f]{32}$/);
  });
});
