import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent } from '@serendip/events-adapters';
import type { EventLog } from '@serendip/events-domain';
import type { events } from '@serendip/shared-contracts';
import type { PersonId } from './person.js';

const AT_ONCE = 500;

/** What the log has under one id of a person, in order, as far as it is not erased. */
export async function recordsOf(log: EventLog, { userId, anonymousId, key: { tenant }, partition }: PersonId): Promise<readonly events.Event[]> {
  const end = (await log.ends())[partition] ?? 0;
  const name = Buffer.from(userId + anonymousId);
  let found: events.Event[] = [];
  for (let from = 0; from < end;) {
    const records = await log.read(partition, from, AT_ONCE);
    if (records.length === 0) break;
    for (const { bytes } of records) {
      const event = bytesHave(bytes, name) ? decodeEvent(bytes) : undefined;
      if (event === undefined || event.tenant !== tenant || event.userId !== userId || event.anonymousId !== anonymousId) continue;
      if (event.payload.case === 'erase') found = [];
      else found.push(event);
    }
    from = records.at(-1)!.position + 1;
    await turn();
  }
  return found;
}

const bytesHave = (bytes: Uint8Array, name: Buffer): boolean => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name);
