interface Look {
  readonly ends: readonly number[];
  /** When the ends were last seen like this or, for all but the newest, about so. */
  atMs: number;
}

/** Looks closer to each other than this are one. */
const APART_MS = 100;
const KEPT_MS = 60_000;

/** Where the log ended in the last minute, to a tenth of a second: tells how old a state is that reaches up to some position. */
export class EndsHistory {
  private readonly looks: Look[] = [];

  /** Takes note of the end of each partition at a time; times ascend. */
  note(ends: readonly number[], atMs: number): void {
    const before = this.looks.at(-2);
    if (before !== undefined && atMs - before.atMs < APART_MS) this.looks.pop();
    this.looks.push({ ends, atMs });
    while (this.looks[0]!.atMs < atMs - KEPT_MS) this.looks.shift();
  }

  /** Where a partition ended when it was last looked at; 0 before that. */
  end(partition: number): number {
    return this.looks.at(-1)?.ends[partition] ?? 0;
  }

  /** The last time at which the whole of a partition was before a cursor, milliseconds; 0 when that is not known. */
  wholeAtMs(partition: number, cursor: number): number {
    return this.looks.findLast(({ ends }) => (ends[partition] ?? 0) <= cursor)?.atMs ?? 0;
  }
}
