import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent } from '@serendip/events-adapters';
import type { EventLog } from '@serendip/events-domain';
import type { events } from '@serendip/shared-contracts';
import type { PersonId } from './person.js';

const AT_ONCE = 500;

/** What the log has under each id of a person, in order, as far as it is not erased. A partition is read once, whatever number of ids live in it. */
export async function recordsOf(log: EventLog, ids: readonly PersonId[]): Promise<readonly (readonly events.Event[])[]> {
  const ends = await log.ends();
  const found: (readonly events.Event[])[] = ids.map(() => []);
  await Promise.all([...Map.groupBy(ids.keys(), (i) => ids[i]!.partition)].map(async ([partition, places]) => {
    const lists = await recordsIn(log, { partition, end: ends[partition] ?? 0 }, places.map((place) => ids[place]!));
    places.forEach((place, i) => { found[place] = lists[i]!; });
  }));
  return found;
}

async function recordsIn(log: EventLog, { partition, end }: { readonly partition: number; readonly end: number }, ids: readonly PersonId[]): Promise<readonly (readonly events.Event[])[]> {
  const names = ids.map(({ userId, anonymousId }) => Buffer.from(userId + anonymousId));
  const found: events.Event[][] = ids.map(() => []);
  for (let from = 0; from < end;) {
    const records = await log.read(partition, from, AT_ONCE);
    if (records.length === 0) break;
    for (const { bytes } of records) {
      const event = names.some((name) => bytesHave(bytes, name)) ? decodeEvent(bytes) : undefined;
      const place = event === undefined ? -1 : ids.findIndex((id) => isOf(event, id));
      if (event === undefined || place < 0) continue;
      if (event.payload.case === 'erase') found[place] = [];
      else found[place]!.push(event);
    }
    from = records.at(-1)!.position + 1;
    await turn();
  }
  return found;
}

const isOf = (event: events.Event, { userId, anonymousId, key: { tenant } }: PersonId): boolean => event.tenant === tenant && event.userId === userId && event.anonymousId === anonymousId;

const bytesHave = (bytes: Uint8Array, name: Buffer): boolean => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name);
