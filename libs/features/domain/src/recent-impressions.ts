import { USER_STATE, type UserStateView } from '@serendip/shared-layouts';

const { impressionBytes, maxImpressions } = USER_STATE;
const MOST_COUNT = 0xffff;

export interface Impression {
  readonly lo: number;
  readonly hi: number;
  readonly timeMs: number;
  readonly count: number;
}

/** Which items a user was shown lately and did not engage with since, by last time; of more than 128 the newest stay. */
export class RecentImpressions {
  private readonly list: Impression[] = [];

  constructor(state: UserStateView) {
    for (let i = 0; i < state.impressions; i++) {
      this.list.push({ lo: state.impressionLo(i), hi: state.impressionHi(i), timeMs: state.impressionTimeMs(i), count: state.impressionCount(i) });
    }
  }

  get size(): number {
    return this.list.length;
  }

  add(impression: Impression): void {
    const known = this.take(impression);
    const count = Math.min(MOST_COUNT, impression.count + (known?.count ?? 0));
    const timeMs = Math.max(impression.timeMs, known?.timeMs ?? 0);
    let place = this.list.length;
    while (place > 0 && this.list[place - 1]!.timeMs > timeMs) place--;
    this.list.splice(place, 0, { lo: impression.lo, hi: impression.hi, timeMs, count });
    if (this.list.length > maxImpressions) this.list.shift();
  }

  /** The user engaged with an item at a time; what was shown later stays. */
  forget({ lo, hi, timeMs }: { readonly lo: number; readonly hi: number; readonly timeMs: number }): void {
    const at = this.placeOf(lo, hi);
    if (at >= 0 && this.list[at]!.timeMs <= timeMs) this.list.splice(at, 1);
  }

  write(data: DataView, at: number): void {
    this.list.forEach(({ lo, hi, timeMs, count }, i) => {
      const place = at + i * impressionBytes;
      data.setUint32(place, lo, true);
      data.setUint32(place + 4, hi, true);
      data.setFloat64(place + 8, timeMs, true);
      data.setUint16(place + 16, count, true);
    });
  }

  private take({ lo, hi }: { readonly lo: number; readonly hi: number }): Impression | undefined {
    const at = this.placeOf(lo, hi);
    return at < 0 ? undefined : this.list.splice(at, 1)[0];
  }

  private placeOf(lo: number, hi: number): number {
    return this.list.findIndex((one) => one.lo === lo && one.hi === hi);
  }
}
