import { describe, expect, it } from '@jest/globals';
import { hash64 } from '@serendip/shared-identity';
import { USER_STATE, UserStateView } from '@serendip/shared-layouts';
import { FakeCatalogue } from '../testing/index.js';
import { impressionFactors } from './impression-factors.js';

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;
const { headerBytes, impressionBytes, offsets } = USER_STATE;

function stateOf(shown: readonly { readonly item: string; readonly count: number; readonly hoursAgo: number }[]): UserStateView {
  const data = new DataView(new ArrayBuffer(headerBytes + shown.length * impressionBytes));
  data.setUint16(offsets.version, USER_STATE.version, true);
  data.setUint16(offsets.impressions, shown.length, true);
  shown.forEach(({ item, count, hoursAgo }, i) => {
    const at = headerBytes + i * impressionBytes;
    data.setUint32(at, hash64(item).lo, true);
    data.setUint32(at + 4, hash64(item).hi, true);
    data.setFloat64(at + 8, NOW - hoursAgo * HOUR, true);
    data.setUint16(at + 16, count, true);
  });
  return new UserStateView(new Uint8Array(data.buffer));
}

const { columns } = new FakeCatalogue(['a', 'b', 'c', 'd'].map((id) => ({ id })));
const all = columns.ordinal.slice(0, 4);
const factors = (discount: number | undefined, ...shown: Parameters<typeof stateOf>[0]) => impressionFactors({ discount, state: stateOf(shown), nowMs: NOW }, columns, all);

describe('what impressions that nothing came of do to scores', () => {
  it('is the discount for each of them, and less as they are forgotten', () => {
    const found = factors(0.5, { item: 'a', count: 1, hoursAgo: 0 }, { item: 'b', count: 3, hoursAgo: 0 }, { item: 'c', count: 1, hoursAgo: 12 });
    expect([...found!]).toEqual([0.5, 0.125, expect.closeTo(Math.SQRT1_2, 6), 1]);
    expect(factors(0.5, { item: 'a', count: 1, hoursAgo: 72 })).toBeUndefined();
  });

  it('is nothing when it is off, when nothing was shown, and for items that are no candidates', () => {
    const shown = { item: 'a', count: 9, hoursAgo: 0 };
    expect([factors(undefined, shown), factors(1, shown), factors(0.5), factors(0.5, { ...shown, item: 'gone' })]).toEqual([undefined, undefined, undefined, undefined]);
    expect(impressionFactors({ discount: 0.5, state: stateOf([shown]), nowMs: NOW }, columns, all.slice(1))).toBeUndefined();
  });

  it('is never nothing at all, so that an item comes back', () => {
    expect([...factors(0, { item: 'a', count: 60_000, hoursAgo: -5 }, { item: 'b', count: 1, hoursAgo: 24 })!]).toEqual([expect.closeTo(0.01), expect.closeTo(0.01 ** 0.25), 1, 1]);
  });
});
