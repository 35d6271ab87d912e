import { describe, expect, it } from '@jest/globals';
import { MemoryStateStore } from '@serendip/features-domain';
import { partitionOf, userEntity } from '@serendip/shared-identity';
import { UserRecords } from './user-records.js';

const keyOf = (userId: string) => ({ tenant: 't', entity: userEntity(userId) });
const [ann, bob] = [keyOf('ann'), keyOf('bob')];
const [annsPartition, bobsPartition] = [partitionOf(ann.tenant, ann.entity), partitionOf(bob.tenant, bob.entity)];

describe('UserRecords', () => {
  it('says no more of a partition than is known in the turn that its records are read in', async () => {
    const store = new MemoryStateStore();
    const head = store.head.bind(store);
    let isDoubted = false;
    store.head = async (partition) => {
      // While the head of one partition is read, the other one's newest records turn out not to be the store's.
      if (partition === annsPartition) isDoubted = true;
      return head(partition);
    };
    const records = new UserRecords({
      store, peers: undefined as never, ownerOf: () => undefined, applied: async () => undefined, switchesOf: () => 0,
      ageMs: (partition) => (partition === bobsPartition && !isDoubted ? 5 : undefined), ageOf: (_partition, cursor) => 1000 + cursor,
    });
    expect(await records.here([ann, bob])).toEqual([{ record: undefined, ageMs: 1000 }, { record: undefined, ageMs: 1000 }]);
  });
});
