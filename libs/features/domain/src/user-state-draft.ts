import { HALF_LIVES_MS, USER_STATE, UserStateView, bytesOf, decayedLog, logAdd } from '@serendip/shared-layouts';
import { RecentImpressions, type Impression } from './recent-impressions.js';

const { headerBytes, interactionBytes, counterBytes, seenBytes, impressionBytes, maxInteractions, offsets } = USER_STATE;
const SESSION_GAP_MS = 30 * 60_000;
const NOTHING = new Uint8Array(0);
/** lo, hi and mask of an item, as in the layout. */
const WORDS = 3;

export interface Interaction {
  readonly lo: number;
  readonly hi: number;
  readonly type: number;
  /** NaN if none. */
  readonly value: number;
  readonly timeMs: number;
}

interface Counter {
  readonly type: number;
  total: number;
  readonly logs: number[];
}

/** A user state that is being changed. Depends on the events it is given and their order, and on nothing else. */
export class UserStateDraft {
  position = 0;
  private firstTimeMs = 0;
  private lastTimeMs = 0;
  private session = { lo: 0, hi: 0, startMs: 0, events: 0 };
  private readonly ring = new Uint8Array((maxInteractions + 1) * interactionBytes);
  private readonly ringData = new DataView(this.ring.buffer);
  private interactions = 0;
  private readonly counters: Counter[] = [];
  /** Sorted by (hi, lo). */
  private seen = new Uint32Array(16 * WORDS);
  private seenCount = 0;
  private readonly shown: RecentImpressions;
  profile: Uint8Array = new Uint8Array(0);

  /** @param record the layout, or nothing for a new user. */
  constructor(record?: Uint8Array) {
    const view = new UserStateView(record ?? NOTHING);
    this.shown = new RecentImpressions(view);
    if (record === undefined || record.length === 0) return;
    this.position = view.position;
    this.firstTimeMs = view.firstTimeMs;
    this.lastTimeMs = view.lastTimeMs;
    this.session = { lo: view.sessionLo, hi: view.sessionHi, startMs: view.sessionStartMs, events: view.sessionEvents };
    this.interactions = view.interactions;
    this.ring.set(record.subarray(headerBytes, headerBytes + view.interactions * interactionBytes));
    for (let i = 0; i < view.counters; i++) {
      this.counters.push({ type: view.counterType(i), total: view.counterTotal(i), logs: HALF_LIVES_MS.map((_, halfLife) => view.counterLog(i, halfLife)) });
    }
    this.seenCount = view.seen;
    this.seen = new Uint32Array(Math.max(16, view.seen + 8) * WORDS);
    const seenAt = headerBytes + view.interactions * interactionBytes + view.counters * counterBytes;
    bytesOf(this.seen).set(record.subarray(seenAt, seenAt + view.seen * seenBytes));
    this.profile = view.profile.slice();
  }

  /**
   * Counts an event once, whatever number of items it is about. Another session id, or half an hour with nothing, begins a
   * session; an event of another session that comes late belongs to none that is kept.
   */
  count(type: number, timeMs: number, session: { readonly lo: number; readonly hi: number }): void {
    this.countType(type, timeMs);
    const isOther = session.lo !== this.session.lo || session.hi !== this.session.hi;
    const isLate = timeMs < this.lastTimeMs;
    if (this.session.events === 0 || (isOther && !isLate) || timeMs - this.lastTimeMs > SESSION_GAP_MS) {
      this.session = { lo: session.lo, hi: session.hi, startMs: timeMs, events: 1 };
    } else if (!isOther) {
      this.session.events++;
    }
    this.firstTimeMs = this.firstTimeMs === 0 ? timeMs : Math.min(this.firstTimeMs, timeMs);
    this.lastTimeMs = Math.max(this.lastTimeMs, timeMs);
  }

  /** Remembers that an item was on the user's screen: neither an interaction nor a sign of life. One from before an interaction with it says nothing. */
  impress(impression: Impression): void {
    if (!this.hasEngagedSince(impression)) this.shown.add(impression);
  }

  /** Remembers an interaction with one item, in its place by time; of more than 256 the newest stay. */
  interact(interaction: Interaction): void {
    this.remember(interaction);
    this.shown.forget(interaction);
    this.see(interaction.lo, interaction.hi, (1 << interaction.type) >>> 0);
  }

  /**
   * Takes in what another state says, as if its events had come here: the newest 256 interactions of both, counts and seen items
   * of both; of the sessions the one that was active last, or both when they are one. Position and profile stay.
   */
  merge(other: UserStateView): void {
    if (other.lastTimeMs > 0) {
      this.mergeSession(other);
      this.firstTimeMs = this.firstTimeMs === 0 ? other.firstTimeMs : Math.min(this.firstTimeMs, other.firstTimeMs);
      this.lastTimeMs = Math.max(this.lastTimeMs, other.lastTimeMs);
    }
    for (let i = 0; i < other.counters; i++) {
      const counter = this.counterOf(other.counterType(i));
      counter.total += other.counterTotal(i);
      counter.logs.forEach((log, halfLife) => { counter.logs[halfLife] = logAdd(log, other.counterLog(i, halfLife)); });
    }
    for (let i = 0; i < other.interactions; i++) {
      const interaction = { lo: other.itemLo(i), hi: other.itemHi(i), type: other.type(i), value: other.value(i), timeMs: other.timeMs(i) };
      this.remember(interaction);
      this.shown.forget(interaction);
    }
    for (let i = 0; i < other.seen; i++) this.see(other.seenLo(i), other.seenHi(i), other.seenMask(i));
    for (let i = 0; i < other.impressions; i++) {
      this.impress({ lo: other.impressionLo(i), hi: other.impressionHi(i), timeMs: other.impressionTimeMs(i), count: other.impressionCount(i) });
    }
  }

  /** Forgets seen items beyond so many. */
  keepSeen(most: number): void {
    this.seenCount = Math.min(this.seenCount, most);
  }

  encode(): Uint8Array {
    const ringBytes = this.interactions * interactionBytes;
    const countersAt = headerBytes + ringBytes;
    const seenAt = countersAt + this.counters.length * counterBytes;
    const impressionsAt = seenAt + this.seenCount * seenBytes;
    const profileAt = impressionsAt + this.shown.size * impressionBytes;
    const record = new Uint8Array(profileAt + this.profile.length);
    const data = new DataView(record.buffer);
    this.encodeHeader(data);
    record.set(this.ring.subarray(0, ringBytes), headerBytes);
    this.counters.forEach(({ type, total, logs }, i) => {
      const at = countersAt + i * counterBytes;
      data.setUint16(at, type, true);
      data.setUint32(at + 4, total, true);
      logs.forEach((log, halfLife) => data.setFloat64(at + 8 + halfLife * 8, log, true));
    });
    record.set(bytesOf(this.seen).subarray(0, this.seenCount * seenBytes), seenAt);
    this.shown.write(data, impressionsAt);
    record.set(this.profile, profileAt);
    return record;
  }

  private encodeHeader(data: DataView): void {
    data.setUint16(offsets.version, USER_STATE.version, true);
    data.setUint16(offsets.interactions, this.interactions, true);
    data.setUint16(offsets.counters, this.counters.length, true);
    data.setUint16(offsets.impressions, this.shown.size, true);
    data.setUint32(offsets.seen, this.seenCount, true);
    data.setUint32(offsets.profile, this.profile.length, true);
    data.setFloat64(offsets.position, this.position, true);
    data.setFloat64(offsets.firstTime, this.firstTimeMs, true);
    data.setFloat64(offsets.lastTime, this.lastTimeMs, true);
    data.setUint32(offsets.sessionLo, this.session.lo, true);
    data.setUint32(offsets.sessionHi, this.session.hi, true);
    data.setFloat64(offsets.sessionStart, this.session.startMs, true);
    data.setUint32(offsets.sessionEvents, this.session.events, true);
  }

  private mergeSession(other: UserStateView): void {
    const theirs = { lo: other.sessionLo, hi: other.sessionHi, startMs: other.sessionStartMs, events: other.sessionEvents };
    const isLater = other.lastTimeMs > this.lastTimeMs;
    const gapMs = isLater ? theirs.startMs - this.lastTimeMs : this.session.startMs - other.lastTimeMs;
    const isSame = theirs.lo === this.session.lo && theirs.hi === this.session.hi && gapMs <= SESSION_GAP_MS;
    if (isSame && this.session.events > 0 && theirs.events > 0) {
      this.session.startMs = Math.min(this.session.startMs, theirs.startMs);
      this.session.events += theirs.events;
    } else if (this.session.events === 0 || (isLater && theirs.events > 0)) {
      this.session = theirs;
    }
  }

  private countType(type: number, timeMs: number): void {
    const counter = this.counterOf(type);
    counter.total++;
    HALF_LIVES_MS.forEach((halfLife, i) => { counter.logs[i] = logAdd(counter.logs[i]!, decayedLog(1, timeMs, halfLife)); });
  }

  private counterOf(type: number): Counter {
    let place = 0;
    while (place < this.counters.length && this.counters[place]!.type < type) place++;
    if (this.counters[place]?.type !== type) this.counters.splice(place, 0, { type, total: 0, logs: HALF_LIVES_MS.map(() => -Infinity) });
    return this.counters[place]!;
  }

  private remember({ lo, hi, type, value, timeMs }: Interaction): void {
    let place = this.interactions;
    while (place > 0 && this.ringData.getFloat64((place - 1) * interactionBytes + 8, true) > timeMs) place--;
    const full = this.interactions === maxInteractions;
    if (full && place === 0) return;
    const at = place * interactionBytes;
    this.ring.copyWithin(at + interactionBytes, at, this.interactions * interactionBytes);
    this.ringData.setUint32(at, lo, true);
    this.ringData.setUint32(at + 4, hi, true);
    this.ringData.setFloat64(at + 8, timeMs, true);
    this.ringData.setFloat32(at + 16, value, true);
    this.ringData.setUint16(at + 20, type, true);
    this.ringData.setUint16(at + 22, 0, true);
    if (full) this.ring.copyWithin(0, interactionBytes, (maxInteractions + 1) * interactionBytes);
    else this.interactions++;
  }

  private hasEngagedSince({ lo, hi, timeMs }: Impression): boolean {
    for (let i = this.interactions - 1; i >= 0; i--) {
      const at = i * interactionBytes;
      if (this.ringData.getFloat64(at + 8, true) < timeMs) return false;
      if (this.ringData.getUint32(at, true) === lo && this.ringData.getUint32(at + 4, true) === hi) return true;
    }
    return false;
  }

  private see(lo: number, hi: number, mask: number): void {
    let from = 0;
    let to = this.seenCount;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const difference = this.seen[middle * WORDS + 1]! - hi || this.seen[middle * WORDS]! - lo;
      if (difference < 0) from = middle + 1;
      else to = middle;
    }
    const at = from * WORDS;
    if (from < this.seenCount && this.seen[at] === lo && this.seen[at + 1] === hi) {
      this.seen[at + 2] = (this.seen[at + 2]! | mask) >>> 0;
      return;
    }
    if ((this.seenCount + 1) * WORDS > this.seen.length) {
      const larger = new Uint32Array(this.seen.length * 2);
      larger.set(this.seen);
      this.seen = larger;
    }
    this.seen.copyWithin(at + WORDS, at, this.seenCount * WORDS);
    this.seen[at] = lo;
    this.seen[at + 1] = hi;
    this.seen[at + 2] = mask;
    this.seenCount++;
  }
}
