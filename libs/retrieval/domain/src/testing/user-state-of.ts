import { hash64 } from '@serendip/shared-identity';
import { USER_STATE, eventTypeCode } from '@serendip/shared-layouts';

export interface FakeInteraction {
  readonly item: string;
  /** Default view. */
  readonly type?: string;
  readonly value?: number;
}

const { headerBytes, interactionBytes, seenBytes, offsets } = USER_STATE;

/** The record of a user with these interactions, oldest first, a second apart; all of them are in the seen set. */
export function userStateOf(interactions: readonly FakeInteraction[]): Uint8Array {
  const newest = interactions.slice(-USER_STATE.maxInteractions);
  const seen = new Map<string, number>();
  for (const { item, type = 'view' } of interactions) seen.set(item, (seen.get(item) ?? 0) | (1 << eventTypeCode(type)));
  const data = new DataView(new ArrayBuffer(headerBytes + newest.length * interactionBytes + seen.size * seenBytes));
  data.setUint16(offsets.version, USER_STATE.version, true);
  data.setUint16(offsets.interactions, newest.length, true);
  data.setUint32(offsets.seen, seen.size, true);
  newest.forEach(({ item, type = 'view', value = NaN }, i) => {
    const at = headerBytes + i * interactionBytes;
    const { lo, hi } = hash64(item);
    data.setUint32(at, lo, true);
    data.setUint32(at + 4, hi, true);
    data.setFloat64(at + 8, 1_700_000_000_000 + i * 1000, true);
    data.setFloat32(at + 16, value, true);
    data.setUint16(at + 20, eventTypeCode(type), true);
  });
  const hashed = [...seen].map(([item, mask]) => ({ ...hash64(item), mask: mask >>> 0 })).sort((a, b) => a.hi - b.hi || a.lo - b.lo);
  hashed.forEach(({ lo, hi, mask }, i) => {
    const at = headerBytes + newest.length * interactionBytes + i * seenBytes;
    data.setUint32(at, lo, true);
    data.setUint32(at + 4, hi, true);
    data.setUint32(at + 8, mask, true);
  });
  return new Uint8Array(data.buffer);
}
