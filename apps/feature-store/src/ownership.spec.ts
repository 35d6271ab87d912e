import { describe, expect, it } from '@jest/globals';
import type { PartitionLeases, PartitionMap } from '@serendip/features-domain';
import { PARTITIONS } from '@serendip/shared-identity';
import { logger } from './feature-store.fixture.js';
import { Ownership } from './ownership.js';

const self = { id: 'ann', address: 'ann:1' };
const everything: PartitionMap = { members: [self], owners: new Array<string>(PARTITIONS).fill(self.id) };

describe('ownership', () => {
  it('lets go of everything when its leases end, though a renewal is under way', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<PartitionMap>();
    const { promise: allLeft, resolve: left } = Promise.withResolvers<void>();
    let renewals = 0;
    const leases: PartitionLeases = { renew: async () => (renewals++ === 0 ? everything : answered), leave: async () => undefined };
    const ownership = new Ownership({ leases, self, logger, leaseMs: 60 });
    const held = new Set<number>();
    await ownership.start({
      take: (partition) => { held.add(partition); },
      letGo: async (partition) => {
        held.delete(partition);
        if (held.size === 0) left();
      },
    });
    expect(held.size).toBe(PARTITIONS);
    await allLeft;
    expect([renewals, ownership.owns(0)]).toEqual([2, false]);
    answer(everything);
    await ownership.stop();
  });
});
