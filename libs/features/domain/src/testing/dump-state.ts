import { anonymousEntity, userEntity } from '@serendip/shared-identity';
import type { StateStore } from '../state-store.js';
import { visitorsKey } from '../visitors.js';
import { PARTITION, TENANT, USERS, VISITORS } from './a-state-event.js';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const NOTHING = { users: [], statistics: [], items: [], events: [], imports: [] };

/** Everything that readers can see of the tests' tenant and partition, byte for byte. */
export async function dumpState(store: StateStore): Promise<unknown> {
  const records = await store.reader.users(USERS.map((id) => ({ tenant: TENANT, entity: userEntity(id) })));
  const visitors = await store.reader.users(VISITORS.map((id) => ({ tenant: TENANT, entity: anonymousEntity(id) })));
  const { users: lists } = await store.partitions.find(PARTITION, { ...NOTHING, users: USERS.map((id) => visitorsKey(TENANT, id)) });
  const statistics: [string, string][] = [];
  for await (const { key, row } of store.reader.statistics(PARTITION)) statistics.push([`${key.tenant} ${key.hi} ${key.lo}`, hex(new Uint8Array(row.slice().buffer))]);
  const items = await store.catalogue.listItems(TENANT, 0, 1000);
  const changed = await store.catalogue.changedItems(TENANT, PARTITION, { after: 0, max: 1000 });
  return {
    head: await store.partitions.head(PARTITION),
    users: [...records, ...visitors].map((record) => record && hex(record)),
    visitors: lists.map((record) => record && hex(record)),
    outbox: (await store.outbox.pending(PARTITION, 1000)).map(({ position, bytes }) => [position, hex(bytes)]),
    statistics: statistics.sort(([a], [b]) => (a < b ? -1 : 1)),
    items: items.map((item) => ({ ...item, document: hex(item.document) })),
    changes: changed.map(({ ordinal, sequence }) => [ordinal, sequence]),
  };
}
