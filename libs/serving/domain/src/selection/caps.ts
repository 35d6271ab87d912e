/** Most `limit` items of the same group in any `window` neighbouring slots. */
export interface Cap {
  /** `categories` for the first category, or an attribute's name. */
  readonly group: string;
  readonly limit: number;
  readonly window: number;
}

/** The slots of a list as one cap sees them. */
export class CapWindow {
  private readonly placed: Int32Array;
  private readonly counts: Uint16Array;
  private readonly most: Uint16Array;
  private last = -1;

  /** @param groups each item's group from 0, or -1 for none. */
  constructor(private readonly cap: Cap, private readonly groups: Int32Array, slots: number) {
    this.placed = new Int32Array(slots).fill(-1);
    const size = groups.reduce((most, group) => Math.max(most, group + 1), 0);
    this.counts = new Uint16Array(size);
    this.most = new Uint16Array(size);
  }

  put(slot: number, item: number): void {
    this.placed[slot] = this.groups[item]!;
    this.last = Math.max(this.last, slot);
  }

  /** Counts, for the next questions, what the windows hold that cover a slot: pins may stand behind it too. */
  open(slot: number): void {
    const { window } = this.cap;
    this.counts.fill(0);
    this.most.fill(0);
    const from = Math.max(0, slot - window + 1);
    const to = Math.min(this.last, slot + window - 1);
    for (let end = from; end <= to; end++) {
      const left = end - window >= from ? this.placed[end - window]! : -1;
      if (left >= 0) this.counts[left]!--;
      const entered = this.placed[end]!;
      if (entered >= 0 && ++this.counts[entered]! > this.most[entered]!) this.most[entered] = this.counts[entered]!;
    }
  }

  /** Whether an item may have the open slot. */
  allows(item: number): boolean {
    const group = this.groups[item]!;
    return group < 0 || this.most[group]! < this.cap.limit;
  }
}
