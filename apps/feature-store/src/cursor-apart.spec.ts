import { describe, expect, it } from '@jest/globals';
import { MemoryStateStore, type PartitionCommit } from '@serendip/features-domain';
import { cursorApart } from './cursor-apart.js';
import { until } from './feature-store.fixture.js';

const key = { tenant: 't', entity: 'u:ann' };
const commit: PartitionCommit = {
  head: { cursor: 5, items: {}, sequence: 0, hour: 0 }, users: [{ key, record: new Uint8Array(1) }], statistics: [], items: [], events: [], imports: [], outgoing: [],
};

describe('cursorApart', () => {
  it('commits a cursor before its batch, and the batch later', async () => {
    const store = new MemoryStateStore();
    const committing = cursorApart(store).partitions.commit(3, 0, commit);
    await until(async () => (await store.head(3)).cursor === 5);
    expect(await store.users([key])).toEqual([undefined]);
    await committing;
    expect(await store.users([key])).toEqual([new Uint8Array(1)]);
  });
});
