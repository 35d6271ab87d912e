import type { Row } from './examples.ts';

export interface Comparison {
  /** Feature values that were compared. */
  readonly values: number;
  readonly differences: number;
  /** Values that were served and not made again, and those that only the replay has. */
  readonly missing: number;
  /** Values that a time-to-live had made unknown: 0, where the same feature without one was not. */
  readonly expired: number;
  /** Values that profiles made: of `user.<attribute>`, and not 0. */
  readonly fromProfiles: number;
  /** Rows that differ by feature, most first. */
  readonly byFeature: readonly (readonly [string, number])[];
}

const FEATURE = 'feature_';
const keyOf = ({ recommendation_id: slate, place }: Row): string => `${String(slate)} ${String(place)}`;

/** Compares every feature of every row; float32 values must be the same bits. */
export function compare(served: readonly Row[], replayed: readonly Row[]): Comparison {
  const again = new Map(replayed.map((row) => [keyOf(row), row]));
  const different = new Map<string, number>();
  let values = 0;
  let missing = 0;
  let expired = 0;
  let fromProfiles = 0;
  for (const row of served) {
    const other = again.get(keyOf(row)) ?? {};
    for (const name of Object.keys(row).filter((column) => column.startsWith(FEATURE))) {
      const [a, b] = [row[name], other[name]];
      if (a === undefined && b === undefined) continue;
      if (a === 0 && name.includes('@') && (row[name.slice(0, name.indexOf('@'))] ?? 0) !== 0) expired++;
      if (a !== 0 && name.startsWith(`${FEATURE}user.`)) fromProfiles++;
      if (a === undefined || b === undefined) missing++;
      else if (++values && !Object.is(a, b)) different.set(name, (different.get(name) ?? 0) + 1);
    }
  }
  const byFeature = [...different].sort((a, b) => b[1] - a[1]);
  return { values, differences: byFeature.reduce((sum, [, count]) => sum + count, 0), missing, expired, fromProfiles, byFeature };
}
