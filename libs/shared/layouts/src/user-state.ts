/**
 * User state, version 2, little-endian, read in place at any alignment.
 *
 *   header (64 bytes)
 *      0 u16 version · 2 u16 interactions · 4 u16 counters · 6 u16 impressions · 8 u32 seen · 12 u32 profile bytes
 *     16 f64 log position of the last event applied · 24 f64 first event time · 32 f64 last event time (epoch ms)
 *     40 u32 session hash lo · 44 u32 hi · 48 f64 session start (epoch ms) · 56 u32 events in session · 60 u32 zero
 *   interactions (24 bytes each, by time, oldest first, the newest 256)
 *      0 u32 item hash lo · 4 u32 hi · 8 f64 time (epoch ms) · 16 f32 value (NaN if none) · 20 u16 type code · 22 u16 zero
 *   counters (32 bytes each, by type code)
 *      0 u16 type code · 2 u16 zero · 4 u32 total · 8 f64 × 3 decayed counts in log space, one for each of HALF_LIVES_MS
 *   seen (12 bytes each, by (hi, lo), every item ever)
 *      0 u32 item hash lo · 4 u32 hi · 8 u32 mask of event types
 *   impressions (20 bytes each, by last time, oldest first, the newest 128)
 *      0 u32 item hash lo · 4 u32 hi · 8 f64 last time (epoch ms) · 16 u16 count since the item was last engaged with · 18 u16 zero
 *   profile (UserProfile message, may be empty)
 *
 * Version 1 is the same without impressions: `$merge` events of the log may carry it.
 */
export const USER_STATE = {
  version: 2,
  maxInteractions: 256,
  maxImpressions: 128,
  headerBytes: 64,
  interactionBytes: 24,
  counterBytes: 32,
  seenBytes: 12,
  impressionBytes: 20,
  offsets: {
    version: 0, interactions: 2, counters: 4, impressions: 6, seen: 8, profile: 12, position: 16, firstTime: 24, lastTime: 32,
    sessionLo: 40, sessionHi: 44, sessionStart: 48, sessionEvents: 56,
  },
} as const;

const { offsets, headerBytes, interactionBytes, counterBytes, seenBytes, impressionBytes } = USER_STATE;
const FIRST_VERSION = 1;
const emptyRecord = new DataView(new ArrayBuffer(headerBytes));
emptyRecord.setUint16(0, USER_STATE.version, true);

/** Reads a user state in place. Indices run from 0, in the layout's order; nothing is copied or decoded. */
export class UserStateView {
  private readonly data: DataView;
  readonly interactions: number;
  readonly counters: number;
  readonly seen: number;
  readonly impressions: number;
  private readonly countersAt: number;
  private readonly seenAt: number;
  private readonly impressionsAt: number;
  private readonly profileAt: number;

  /** @param record the layout above, or empty for a user of whom nothing is known. Throws RangeError when it is not one. */
  constructor(record: Uint8Array) {
    this.data = record.length === 0 ? emptyRecord : new DataView(record.buffer, record.byteOffset, record.byteLength);
    const version = this.data.byteLength < headerBytes ? 0 : this.data.getUint16(offsets.version, true);
    if (version < FIRST_VERSION || version > USER_STATE.version) throw new RangeError(`This is not a user state of version ${FIRST_VERSION} to ${USER_STATE.version}.`);
    this.interactions = this.data.getUint16(offsets.interactions, true);
    this.counters = this.data.getUint16(offsets.counters, true);
    this.seen = this.data.getUint32(offsets.seen, true);
    this.impressions = this.data.getUint16(offsets.impressions, true);
    this.countersAt = headerBytes + this.interactions * interactionBytes;
    this.seenAt = this.countersAt + this.counters * counterBytes;
    this.impressionsAt = this.seenAt + this.seen * seenBytes;
    this.profileAt = this.impressionsAt + this.impressions * impressionBytes;
    if (this.profileAt + this.data.getUint32(offsets.profile, true) !== this.data.byteLength) {
      throw new RangeError('This user state is cut short.');
    }
    if (this.interactions > USER_STATE.maxInteractions || this.impressions > USER_STATE.maxImpressions) throw new RangeError('This user state has more interactions or impressions than there may be.');
  }

  /** Log position of the last event applied; 0 for none. */
  get position(): number { return this.data.getFloat64(offsets.position, true); }
  get firstTimeMs(): number { return this.data.getFloat64(offsets.firstTime, true); }
  get lastTimeMs(): number { return this.data.getFloat64(offsets.lastTime, true); }
  get sessionLo(): number { return this.data.getUint32(offsets.sessionLo, true); }
  get sessionHi(): number { return this.data.getUint32(offsets.sessionHi, true); }
  get sessionStartMs(): number { return this.data.getFloat64(offsets.sessionStart, true); }
  get sessionEvents(): number { return this.data.getUint32(offsets.sessionEvents, true); }
  get profile(): Uint8Array { return new Uint8Array(this.data.buffer, this.data.byteOffset + this.profileAt, this.data.byteLength - this.profileAt); }

  itemLo(i: number): number { return this.data.getUint32(headerBytes + i * interactionBytes, true); }
  itemHi(i: number): number { return this.data.getUint32(headerBytes + i * interactionBytes + 4, true); }
  timeMs(i: number): number { return this.data.getFloat64(headerBytes + i * interactionBytes + 8, true); }
  value(i: number): number { return this.data.getFloat32(headerBytes + i * interactionBytes + 16, true); }
  type(i: number): number { return this.data.getUint16(headerBytes + i * interactionBytes + 20, true); }

  counterType(i: number): number { return this.data.getUint16(this.countersAt + i * counterBytes, true); }
  counterTotal(i: number): number { return this.data.getUint32(this.countersAt + i * counterBytes + 4, true); }
  /** Decayed count in log space. `halfLife` is an index of HALF_LIVES_MS. */
  counterLog(i: number, halfLife: number): number { return this.data.getFloat64(this.countersAt + i * counterBytes + 8 + halfLife * 8, true); }
  /** Index of the counter of a type, or -1. */
  counterOf(type: number): number {
    for (let i = 0; i < this.counters; i++) if (this.counterType(i) === type) return i;
    return -1;
  }

  seenLo(i: number): number { return this.data.getUint32(this.seenAt + i * seenBytes, true); }
  seenHi(i: number): number { return this.data.getUint32(this.seenAt + i * seenBytes + 4, true); }
  seenMask(i: number): number { return this.data.getUint32(this.seenAt + i * seenBytes + 8, true); }

  impressionLo(i: number): number { return this.data.getUint32(this.impressionsAt + i * impressionBytes, true); }
  impressionHi(i: number): number { return this.data.getUint32(this.impressionsAt + i * impressionBytes + 4, true); }
  impressionTimeMs(i: number): number { return this.data.getFloat64(this.impressionsAt + i * impressionBytes + 8, true); }
  /** How often the item was shown since the user last engaged with it. */
  impressionCount(i: number): number { return this.data.getUint16(this.impressionsAt + i * impressionBytes + 16, true); }

  /** Mask of the event types this user had with an item; 0 if none. O(log n). */
  seenMaskOf(lo: number, hi: number): number {
    let from = 0;
    let to = this.seen - 1;
    while (from <= to) {
      const middle = (from + to) >>> 1;
      const difference = this.seenHi(middle) - hi || this.seenLo(middle) - lo;
      if (difference === 0) return this.seenMask(middle);
      if (difference < 0) from = middle + 1;
      else to = middle - 1;
    }
    return 0;
  }
}
