import type { ItemColumns } from '@serendip/shared-catalogue';
import { descendingOrder } from '@serendip/shared-pipeline';

/** Rows that say when they were published, the newest first, as of the time it was built. */
export function newestRows({ size, publishedAtMs }: ItemColumns): Int32Array {
  let newest = -Infinity;
  let dated = 0;
  for (let row = 0; row < size; row++) {
    if (!Number.isFinite(publishedAtMs[row]!)) continue;
    dated++;
    newest = Math.max(newest, publishedAtMs[row]!);
  }
  const age = new Float32Array(size);
  for (let row = 0; row < size; row++) age[row] = Number.isFinite(publishedAtMs[row]!) ? publishedAtMs[row]! - newest : -Infinity;
  return descendingOrder(age).subarray(0, dated);
}
