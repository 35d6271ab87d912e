import type { CommitManifest } from '@serendip/events-adapters';
import type { PartitionPosition } from '@serendip/events-domain';

/** How much of what is archived stays in the log all the same. */
export interface Retention {
  /** Milliseconds since it was archived. */
  readonly ageMs: number;
  /** Bytes of records. */
  readonly bytes: number;
}

type Archived = Pick<CommitManifest, 'committedAt' | 'logBytes' | 'positions'>;

/** By partition the position before which everything was archived longer ago than `ageMs`, or lies beyond the newest `bytes`. */
export function trimmablePositions(commits: readonly Archived[], { ageMs, bytes, nowMs }: Retention & { readonly nowMs: number }): readonly PartitionPosition[] {
  let newest = commits.length;
  for (let kept = 0; newest > 0; newest--) {
    const { committedAt, logBytes } = commits[newest - 1]!;
    kept += logBytes;
    if (kept > bytes || nowMs - Date.parse(committedAt) > ageMs) break;
  }
  const positions = new Map<number, number>();
  for (const commit of commits.slice(0, newest)) for (const { partition, to } of commit.positions) positions.set(partition, to);
  return [...positions].map(([partition, position]) => ({ partition, position }));
}
