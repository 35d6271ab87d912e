import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventAdmission } from './event-admission.js';

const KIB = 1024;
const overloaded = expect.objectContaining({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED', metadata: { retryAfterMs: expect.any(String) } });

/** Enters until it is full; answers how to leave each. */
function fill(admission: EventAdmission, bytes: number): (() => void)[] {
  const leave: (() => void)[] = [];
  for (;;) {
    try {
      leave.push(admission.enter(bytes));
    } catch {
      return leave;
    }
  }
}

function setUp() {
  let nowMs = 0;
  const admission = new EventAdmission(() => nowMs);
  /** Fills it, lets so long pass, and empties it; answers how many were in. */
  const round = (tookMs: number, bytes = 15 * KIB): number => {
    const all = fill(admission, bytes);
    nowMs += tookMs;
    for (const leave of all) leave();
    return all.length;
  };
  return { admission, round };
}

describe('EventAdmission', () => {
  it('refuses what does not fit, and takes it once others have left', () => {
    const { admission } = setUp();
    const [first] = fill(admission, 15 * KIB);
    expect(() => admission.enter(15 * KIB)).toThrow(overloaded);
    first!();
    expect(() => admission.enter(15 * KIB)).not.toThrow();
    expect(() => admission.enter(15 * KIB)).toThrow(overloaded);
  });

  it('lets in fewer while they are late, down to a few, and more while they are not', () => {
    const { round } = setUp();
    expect(round(100)).toBe(64);
    const falling = Array.from({ length: 30 }, () => round(600));
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
    expect(falling.at(-1)).toBe(4);
    const rising = Array.from({ length: 200 }, () => round(10));
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    expect(rising.at(-1)).toBeGreaterThan(64);
  });

  it('is lowered once by all that was let in together', () => {
    const { round } = setUp();
    expect([round(600), round(10)]).toEqual([64, 51]);
  });

  it('always lets one in, however large it is and whatever was before', () => {
    fc.assert(fc.property(fc.array(fc.record({ took: fc.integer({ min: 0, max: 5000 }), bytes: fc.integer({ min: 1, max: 512 * KIB }) }), { maxLength: 60 }), (rounds) => {
      const { admission, round } = setUp();
      for (const { took, bytes } of rounds) expect(round(took, bytes)).toBeGreaterThan(0);
      expect(() => admission.enter(1e9)).not.toThrow();
    }));
  });

  it('holds room until a response is closed, and none for one that was closed before its body was read', () => {
    const { admission } = setUp();
    const response = Object.assign(new EventEmitter(), { destroyed: false });
    admission.enterUntilClosed(response as never, 2 * 1024 * KIB);
    expect(() => admission.enter(KIB)).toThrow(overloaded);
    response.emit('close');
    admission.enterUntilClosed({ destroyed: true } as never, 2 * 1024 * KIB);
    expect(() => admission.enter(2 * 1024 * KIB)).not.toThrow();
  });

  it('does not grow while few come: what was never tried is not known to work', () => {
    const { admission, round } = setUp();
    for (let i = 0; i < 1000; i++) admission.enter(KIB)();
    expect(round(10)).toBe(64);
  });
});
