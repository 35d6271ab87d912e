import { PARTITIONS } from '@serendip/shared-identity';

/** A process that shares the partitions with others. */
export interface Member {
  readonly id: string;
  /** host:port at which the others reach it. */
  readonly address: string;
}

/** Who has which partition at one moment. */
export interface PartitionMap {
  /** By id, ascending. */
  readonly members: readonly Member[];
  /** The id of each partition's owner, by partition; undefined while it has none. */
  readonly owners: readonly (string | undefined)[];
}

/**
 * Leases of partitions, kept where every member sees them. They save work and keep nothing right: a commit goes through only from the
 * expected cursor, whoever has the lease.
 */
export abstract class PartitionLeases {
  /**
   * Renews the membership, and every lease with it, for `leaseMs` (milliseconds) from now; lets go of `released`, as far as the member has
   * them; removes members whose time is over; then takes free partitions until the member has its share. Answers the map after all that.
   */
  abstract renew(member: Member, options: { readonly leaseMs: number; readonly released: readonly number[] }): Promise<PartitionMap>;
  /** Ends a membership; its partitions are free at once. */
  abstract leave(memberId: string): Promise<void>;
}

/** How many partitions a member has once all have let go of what is too much: as many as the others, or one more for the first by id. */
export function shareOf(memberId: string, members: readonly Member[]): number {
  const place = members.findIndex(({ id }) => id === memberId);
  return Math.floor(PARTITIONS / members.length) + (place < PARTITIONS % members.length ? 1 : 0);
}

/** Partitions of a member, ascending. */
export function partitionsOf(memberId: string, { owners }: PartitionMap): readonly number[] {
  return owners.flatMap((owner, partition) => (owner === memberId ? [partition] : []));
}
