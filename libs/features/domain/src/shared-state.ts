import type { PartitionLeases } from './ownership/partition-leases.js';
import type { ItemKey } from './state-reader.js';

/** Statistics as several processes count them, each for the partitions that it has. */
export abstract class CountedStatistics {
  /** Items whose statistics in a partition were changed by commits that ended after a position, and the position after which those come that are not among them. */
  abstract changedAfter(partition: number, position: number): Promise<{ readonly keys: readonly ItemKey[]; readonly position: number }>;
  /** The row of each item over all partitions, in order; one without any events is as `emptyStatistics`. */
  abstract totals(keys: readonly ItemKey[]): Promise<readonly Float64Array[]>;
}

/** What several processes over one state need to share its partitions. */
export interface SharedState {
  readonly leases: PartitionLeases;
  readonly counted: CountedStatistics;
  /** Calls the listener with a partition when another generation of it is found to be the live one, before anything is answered of that. */
  whenSwitched(listener: (partition: number) => void): void;
}
