import { DEDUPE_HOURS, type PartitionCommit, type StoredItem } from '@serendip/features-domain';
import { hash64 } from '@serendip/shared-identity';
import { bytesOf } from '@serendip/shared-layouts';
import { LAYOUT } from '../layout.js';
import { MOST_VALUES } from './commit.script.js';
import type { Argument } from './redis-connection.js';
import { encodeImport, encodeItem, generationKeys, hashBytes, itemField, placeOf, stateKeys } from './state-keys.js';

/** Event ids that one commit forgets besides twice as many as it remembers: what is behind is caught up with by the next ones. */
const FORGOTTEN_AT_ONCE = 1000;
const POSITION_BYTES = 8;

/** Keys and values of a batch for the commit script, after the two cursors. */
export interface CommitArguments {
  readonly keys: readonly string[];
  readonly values: readonly Argument[];
}

/** Everything that a batch writes to a generation of a partition. Each write says what there is afterwards, none depends on what was there. */
export function commitArguments(partition: number, generation: number, commit: PartitionCommit): CommitArguments {
  const place = placeOf(partition, generation);
  const { head, users, statistics, items, events, imports, outgoing } = commit;
  const keys: string[] = [stateKeys.head(place), stateKeys.events(place), generationKeys.live(partition), generationKeys.newest(partition)];
  const values: Argument[] = [generation, head.hour - DEDUPE_HOURS, FORGOTTEN_AT_ONCE + 2 * events.length];
  const write = (command: string, key: string, list: readonly Argument[]): void => {
    if (list.length === 0) return;
    const at = keys.push(key);
    for (let from = 0; from < list.length; from += MOST_VALUES) {
      const some = list.slice(from, from + MOST_VALUES);
      values.push(command, at, some.length, ...some);
    }
  };
  for (const { key, record } of users) {
    if (record !== undefined) write('SET', stateKeys.user(place, key), [asBuffer(record)]);
    else values.push('DEL', keys.push(stateKeys.user(place, key)), 0);
  }
  write('HSET', stateKeys.statistics(place), statistics.flatMap(({ key, row }) => [itemField(key), asBuffer(bytesOf(row))]));
  write('ZADD', stateKeys.counted(place), statistics.flatMap(({ key }) => [head.cursor, itemField(key)]));
  for (const { item } of items) write('SET', stateKeys.item(place, item.tenant, item.ordinal), [encodeItem(item)]);
  write('HSET', stateKeys.ordinals(place), items.flatMap(({ item }) => [itemField({ tenant: item.tenant, ...hash64(item.id) }), item.ordinal]));
  for (const [tenant, changed] of Map.groupBy(items, ({ item }) => item.tenant)) write('ZADD', stateKeys.changes(place, tenant), changed.flatMap(({ item }) => change(item)));
  write('ZADD', stateKeys.events(place), events.flatMap(({ hash, hour }) => [hour, hashBytes(hash)]));
  write('HSET', stateKeys.imports(place), imports.flatMap(({ importId, cursor }) => [importId, encodeImport(cursor)]));
  write('ZADD', stateKeys.outbox(place), outgoing.flatMap(({ position, bytes }) => [position, Buffer.concat([positionBytes(position), bytes])]));
  write('HSET', stateKeys.head(place), ['layout', LAYOUT, 'cursor', head.cursor, 'items', JSON.stringify(head.items), 'sequence', head.sequence, 'hour', head.hour]);
  return { keys, values };
}

const change = ({ sequence, ordinal }: StoredItem): Argument[] => [sequence, ordinal];

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Makes members of a sorted set differ when the same bytes are at two positions. */
function positionBytes(position: number): Buffer {
  const bytes = Buffer.allocUnsafe(POSITION_BYTES);
  bytes.writeDoubleBE(position);
  return bytes;
}

/** The event of a member of the outbox. */
export const outgoingBytes = (member: Buffer): Buffer => member.subarray(POSITION_BYTES);
