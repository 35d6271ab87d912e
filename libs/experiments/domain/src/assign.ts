import { hash64 } from '@serendip/shared-identity';

/** One arm of a split. */
export interface Arm {
  readonly name: string;
  /** Percentage of units, 0 to 100, in steps of a hundredth. */
  readonly percent: number;
}

export interface ArmSplit<A extends Arm> {
  /** Independent splits have different salts. */
  readonly salt: string;
  /** Their percentages sum to at most 100. */
  readonly arms: readonly A[];
}

const BUCKETS = 10_000;

/** Bucket of a unit under a salt, 0 to 9,999: the first 32 bits of hash64(salt, zero byte, unit) mod 10,000. */
export function bucketOf(salt: string, unit: string): number {
  return hash64(`${salt}\0${unit}`).lo % BUCKETS;
}

/**
 * The arm of a unit (a user, an anonymous visitor), undefined for what is left over: a pure function of the split and the unit,
 * so it is the same everywhere and always. Arms take buckets in their order. When an arm grows, it and the arms before it keep
 * all their units; when the last one grows, it takes from what was left over only.
 */
export function assign<A extends Arm>({ salt, arms }: ArmSplit<A>, unit: string): A | undefined {
  const bucket = bucketOf(salt, unit);
  let end = 0;
  for (const arm of arms) {
    end += Math.round(arm.percent * (BUCKETS / 100));
    if (bucket < end) return arm;
  }
  return undefined;
}
