import type { Member, PartitionLeases, PartitionMap } from '@serendip/features-domain';
import { PARTITIONS } from '@serendip/shared-identity';
import { LEAVE, RENEW } from './lease-scripts.js';
import type { RedisConnection } from './redis-connection.js';

/** Both in one slot. */
const KEYS = ['serendip:leases:{leases}:members', 'serendip:leases:{leases}:owners'];
/** How long a renewal is tried, in milliseconds: the next one knows more. */
const RENEW_MS = 1000;

/** Leases in the Redis of the state; its clock decides when they end. A failover may forget some: then two have a partition for a moment, and the cursor decides. */
export class RedisPartitionLeases implements PartitionLeases {
  constructor(private readonly connection: RedisConnection) {}

  async renew({ id, address }: Member, { leaseMs, released }: { readonly leaseMs: number; readonly released: readonly number[] }): Promise<PartitionMap> {
    const reply = await this.connection.within(RENEW_MS, () => this.connection.runScript(RENEW, KEYS, [id, address, leaseMs, PARTITIONS, ...released]));
    const [members, owners] = (reply as readonly (readonly Buffer[])[]).map((list) => list.map(String)) as [string[], string[]];
    return {
      members: Array.from({ length: members.length / 2 }, (_, i) => ({ id: members[i * 2]!, address: members[i * 2 + 1]! })),
      owners: owners.map((owner) => owner || undefined),
    };
  }

  async leave(memberId: string): Promise<void> {
    await this.connection.within(RENEW_MS, () => this.connection.runScript(LEAVE, KEYS, [memberId]));
  }
}
