/** Ratings as columns, in event-time order; ties keep the file's order. */
export interface Ratings {
  readonly userIds: Int32Array;
  readonly itemIds: Int32Array;
  readonly values: Float32Array;
  /** Epoch milliseconds. */
  readonly timesMs: Float64Array;
}

/** A line that is no rating: where it stands, counted from 1, and what it says. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface ParsedRatings {
  readonly ratings: Ratings;
  readonly bad: readonly BadLine[];
}

/** Parses `user<separator>item<separator>rating<separator>seconds` lines and sorts them by time. */
export function parseRatings(text: string, { file, separator }: { readonly file: string; readonly separator: string }): ParsedRatings {
  const lines = text.split('\n');
  const userIds = new Int32Array(lines.length);
  const itemIds = new Int32Array(lines.length);
  const values = new Float32Array(lines.length);
  const timesMs = new Float64Array(lines.length);
  const bad: BadLine[] = [];
  let size = 0;
  lines.forEach((line, i) => {
    if (line === '' || line === '\r') return;
    const [user, item, value, seconds, ...rest] = line.split(separator).map(Number);
    const valid = rest.length === 0 && Number.isInteger(user) && Number.isInteger(item) && Number.isFinite(value) && Number.isFinite(seconds);
    if (!valid) {
      bad.push({ file, line: i + 1, text: line });
      return;
    }
    userIds[size] = user!;
    itemIds[size] = item!;
    values[size] = value!;
    timesMs[size] = seconds! * 1000;
    size++;
  });
  const order = Uint32Array.from({ length: size }, (_, i) => i).sort((a, b) => timesMs[a]! - timesMs[b]! || a - b);
  return {
    ratings: {
      userIds: Int32Array.from(order, (i) => userIds[i]!),
      itemIds: Int32Array.from(order, (i) => itemIds[i]!),
      values: Float32Array.from(order, (i) => values[i]!),
      timesMs: Float64Array.from(order, (i) => timesMs[i]!),
    },
    bad,
  };
}
