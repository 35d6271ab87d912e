/** More users than there is time to send events of. */
import { openStateStore } from '@serendip/features-adapters';
import { partitionOf, userEntity } from '@serendip/shared-identity';

const TENANT = 'default';
const AT_ONCE = 2_000;

export interface MadeUsers {
  readonly userId: (n: number) => string;
  readonly from: number;
  readonly to: number;
}

/** Writes the record of the first user under the ids of others, through the store's own commits; nobody else may write to it. */
export async function addUsers(stateUrl: string, { userId, from, to }: MadeUsers): Promise<void> {
  const store = await openStateStore(stateUrl);
  try {
    const [record] = await store.reader.users([{ tenant: TENANT, entity: userEntity(userId(0)) }]);
    if (record === undefined) throw new Error('There is no user to copy.');
    const keys = Map.groupBy(Array.from({ length: to - from }, (_, i) => from + i), (n) => partitionOf(TENANT, userEntity(userId(n))));
    for (const [partition, users] of keys) {
      const head = await store.partitions.head(partition);
      for (let at = 0; at < users.length; at += AT_ONCE) {
        const written = users.slice(at, at + AT_ONCE).map((n) => ({ key: { tenant: TENANT, entity: userEntity(userId(n)) }, record }));
        await store.partitions.commit(partition, head.cursor, { head, users: written, statistics: [], items: [], events: [], imports: [], outgoing: [] });
      }
    }
  } finally {
    await store.close();
  }
}
