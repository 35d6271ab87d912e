import { setTimeout as sleep } from 'node:timers/promises';
import type { PartitionStore, StateStore } from '@serendip/features-domain';

const APART_MS = 50;

/** A planted fault for chaos tests: a batch's cursor is committed first and the batch a moment later. What is lost by that must be found. */
export function cursorApart(store: StateStore): StateStore {
  const { partitions, reader, catalogue, outbox, shared } = store;
  const apart: PartitionStore = {
    head: (partition) => partitions.head(partition),
    find: (partition, wanted) => partitions.find(partition, wanted),
    commit: async (partition, expectedCursor, commit) => {
      const { cursor } = commit.head;
      const head = { ...await partitions.head(partition), cursor };
      await partitions.commit(partition, expectedCursor, { head, users: [], statistics: [], items: [], events: [], imports: [], outgoing: [] });
      await sleep(APART_MS);
      await partitions.commit(partition, cursor, commit);
    },
  };
  return { partitions: apart, reader, catalogue, outbox, shared, close: () => store.close() };
}
