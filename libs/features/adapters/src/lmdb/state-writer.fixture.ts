import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { PartitionApplier, WriteBehindStateStore, type PositionedEvent, type StateStore } from '@serendip/features-domain';
import { create, events } from '@serendip/shared-contracts';
import { PARTITIONS, anonymousEntity, itemEntity, partitionOf, userEntity, type Entity } from '@serendip/shared-identity';
import { MessageDocuments } from '../message-documents.js';
import { LmdbStateStore } from './lmdb-state-store.js';

const SOME_TIME_MS = 1_790_000_000_000;
const MINUTE_MS = 60_000;
const USERS = 4;
const ITEMS = 9;

/** The first ids of each partition, as the platform would place them. */
function idsByPartition(prefix: string, entityOf: (id: string) => Entity, count: number): readonly (readonly string[])[] {
  const ids = Array.from({ length: PARTITIONS * count * 6 }, (_, i) => `${prefix}-${i}`);
  return Array.from({ length: PARTITIONS }, (_, partition) => ids.filter((id) => partitionOf('t', entityOf(id)) === partition).slice(0, count));
}

/** Users of each partition of these logs. */
export const usersOf = idsByPartition('user', userEntity, USERS);
export const visitorsOf = idsByPartition('visitor', anonymousEntity, USERS);
const itemsOf = idsByPartition('item', itemEntity, ITEMS);

const types = ['view', 'click', 'purchase', 'rating', 'hide'];

/** The record at a position of a partition's log, the same whoever asks: interactions, repeats, items, profiles, visitors. */
export function recordAt(partition: number, position: number): PositionedEvent {
  const atMs = SOME_TIME_MS + position * MINUTE_MS;
  const shared = { tenant: 't', eventTimeMs: atMs - (position % 7) * MINUTE_MS, receivedAtMs: atMs, eventId: `${position - (position % 5 === 0 ? 3 : 0)}` };
  const userId = usersOf[partition]![position % USERS]!;
  if (position % 11 === 0) {
    const item = { id: itemsOf[partition]![position % ITEMS]!, title: `Title ${position}` };
    return { position, event: create(events.EventSchema, { ...shared, type: '$item', payload: { case: 'itemChange', value: { kind: events.ChangeKind.PUT, item } } }) };
  }
  if (position % 13 === 0) {
    const user = { id: userId, attributes: { n: { value: { case: 'number' as const, value: position } } } };
    return { position, event: create(events.EventSchema, { ...shared, userId, type: '$user', payload: { case: 'userChange', value: { kind: events.ChangeKind.PUT, user } } }) };
  }
  const anonymousId = visitorsOf[partition]![position % USERS]!;
  // Every visitor acts for a while, then says who it is, and goes on.
  if (position % 17 === 0) {
    return { position, event: create(events.EventSchema, { ...shared, type: '$identify', anonymousId, payload: { case: 'identify', value: { userId: usersOf[(partition + 1) % PARTITIONS]![0]! } } }) };
  }
  if (position % 3 === 0) {
    return { position, event: create(events.EventSchema, { ...shared, anonymousId, type: 'click', items: [{ itemId: `item-${position % 5}` }] }) };
  }
  const items = [{ itemId: `item-${position % 17}` }, { itemId: `item-${position % 3}` }];
  return { position, event: create(events.EventSchema, { ...shared, userId, type: types[position % types.length]!, value: position % 6, items }) };
}

/** Records of a partition from a position (inclusive) to another (exclusive). */
export const recordsOf = (partition: number, from: number, to: number): PositionedEvent[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => recordAt(partition, from + i));

/** Applies one partition for ever, in batches of all sizes, and tells each commit: `committed <partition> <cursor>`. */
async function applyForever(store: StateStore, partition: number): Promise<never> {
  const applier = new PartitionApplier(partition, { store: store.partitions, documents: new MessageDocuments() });
  for (;;) {
    const { cursor } = await store.partitions.head(partition);
    const from = Math.max(1, cursor);
    const end = from + 1 + ((from * 7) % 40);
    await applier.apply(recordsOf(partition, from, end), { cursor, end });
    writeSync(1, `committed ${partition} ${end}\n`);
    await turn();
  }
}

async function flushForever(store: WriteBehindStateStore): Promise<never> {
  for (;;) {
    await turn();
    await store.flush();
  }
}

/** As a program it applies these logs to the state in a directory until it is killed; with `behind` it writes them a moment later. */
if (process.argv[1]?.endsWith('state-writer.fixture.js')) {
  const inner = new LmdbStateStore(process.argv[2]!);
  const store = process.argv[3] === 'behind' ? new WriteBehindStateStore(inner) : inner;
  if (store instanceof WriteBehindStateStore) void flushForever(store);
  await Promise.all(Array.from({ length: PARTITIONS / 8 }, (_, partition) => applyForever(store, partition)));
}
