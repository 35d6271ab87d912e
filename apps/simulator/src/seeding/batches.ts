export interface BatchLimits {
  readonly most: number;
  readonly mostBytes: number;
}

/** The API allows 500 entries and 512 KiB a batch; some room is left for what surrounds them. */
export const apiLimits: BatchLimits = { most: 500, mostBytes: 480 * 1024 };

/** Splits values into batches, in order, none over the limits. Throws RangeError for a value that alone is too large. */
export function* inBatches<T>(values: Iterable<T>, { most, mostBytes }: BatchLimits = apiLimits): Generator<readonly T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const value of values) {
    const size = Buffer.byteLength(JSON.stringify(value)) + 1;
    if (size > mostBytes) throw new RangeError(`One value has ${size} bytes, more than the ${mostBytes} of a batch.`);
    if (batch.length === most || bytes + size > mostBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(value);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
