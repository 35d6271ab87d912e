/** More users than there is time to send events of. */
import { openStateStore } from '@serendip/features-adapters';
import { partitionOfUser, type UserKey } from '@serendip/features-domain';

const AT_ONCE = 2_000;

export interface MadeUsers {
  readonly keyOf: (n: number) => UserKey;
  readonly from: number;
  readonly to: number;
}

/** Writes the record of the first user under the keys of others, through the store's own commits; nobody else may write to it. */
export async function addUsers(stateUrl: string, { keyOf, from, to }: MadeUsers): Promise<void> {
  const store = await openStateStore(stateUrl);
  try {
    const [record] = await store.reader.users([keyOf(0)]);
    if (record === undefined) throw new Error('There is no user to copy.');
    // By number: ten million keys would be many times the memory.
    const users = Map.groupBy(Array.from({ length: to - from }, (_, i) => from + i), (n) => partitionOfUser(keyOf(n)));
    for (const [partition, ns] of users) {
      const head = await store.partitions.head(partition);
      for (let at = 0; at < ns.length; at += AT_ONCE) {
        const written = ns.slice(at, at + AT_ONCE).map((n) => ({ key: keyOf(n), record }));
        await store.partitions.commit(partition, head.cursor, { head, users: written, statistics: [], items: [], events: [], imports: [], outgoing: [] });
      }
    }
  } finally {
    await store.close();
  }
}
