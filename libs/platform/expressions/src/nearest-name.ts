/** Names longer than this are not compared. */
const LONGEST = 64;

/** The name that is a few typing errors away from `wanted`, the nearest; undefined when none is near. */
export function nearestName(wanted: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(4, 1 + Math.ceil(wanted.length / 3));
  for (const name of names) {
    if (wanted.length > LONGEST || name.length > LONGEST || Math.abs(name.length - wanted.length) >= least) continue;
    const apart = distance(wanted.toLowerCase(), name.toLowerCase());
    if (apart >= least) continue;
    best = name;
    least = apart;
  }
  return best;
}

/** Letters to insert, drop, replace or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let [older, old, row] = [[] as number[], [] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    [older, old, row] = [old, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(old[j]! + 1, row[j - 1]! + 1, old[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, older[j - 2]! + 1);
    }
  }
  return row[b.length]!;
}
