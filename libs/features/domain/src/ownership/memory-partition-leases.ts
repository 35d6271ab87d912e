import { PARTITIONS } from '@serendip/shared-identity';
import { PartitionLeases, partitionsOf, shareOf, type Member, type PartitionMap } from './partition-leases.js';

/** Leases of members in one process, for tests. */
export class MemoryPartitionLeases extends PartitionLeases {
  private members: readonly (Member & { readonly untilMs: number })[] = [];
  private owners: (string | undefined)[] = new Array<undefined>(PARTITIONS).fill(undefined);

  /** @param nowMs milliseconds since any moment */
  constructor(private readonly nowMs: () => number) {
    super();
  }

  async renew({ id, address }: Member, { leaseMs, released }: { readonly leaseMs: number; readonly released: readonly number[] }): Promise<PartitionMap> {
    const nowMs = this.nowMs();
    const others = this.members.filter((member) => member.id !== id && member.untilMs > nowMs);
    this.members = [...others, { id, address, untilMs: nowMs + leaseMs }].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const partition of released) if (this.owners[partition] === id) this.owners[partition] = undefined;
    this.owners = this.owners.map((owner) => (this.members.some((member) => member.id === owner) ? owner : undefined));
    const share = shareOf(id, this.members);
    for (let partition = 0; partition < PARTITIONS && partitionsOf(id, this.map()).length < share; partition++) this.owners[partition] ??= id;
    return this.map();
  }

  async leave(memberId: string): Promise<void> {
    this.members = this.members.filter(({ id }) => id !== memberId);
    this.owners = this.owners.map((owner) => (owner === memberId ? undefined : owner));
  }

  private map(): PartitionMap {
    return { members: this.members.map(({ id, address }) => ({ id, address })), owners: [...this.owners] };
  }
}
