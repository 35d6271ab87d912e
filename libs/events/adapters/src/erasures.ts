import type { EventLog, StoredRecord } from '@serendip/events-domain';
import type { events } from '@serendip/shared-contracts';
import { anonymousEntity, userEntity } from '@serendip/shared-identity';
import { decodeEvent } from './decode-event.js';

const TYPE = '$erase';
const AT_ONCE = 2000;

type Named = Pick<events.Event, 'tenant' | 'userId' | 'anonymousId'>;

const personOf = ({ tenant, userId, anonymousId }: Named): string => `${tenant}\0${userId === '' ? anonymousEntity(anonymousId) : userEntity(userId)}`;

/**
 * What the erasures of one partition cover: every event of their person before them. Whoever reads the log to make
 * something of it passes over these: they are hidden until they have aged out.
 */
export class Erasures {
  private readonly positions = new Map<string, number>();

  /** @param position where in the partition the event stands. */
  covers(event: Named, position: number): boolean {
    if (this.positions.size === 0) return false;
    const erasedAt = this.positions.get(personOf(event));
    return erasedAt !== undefined && position < erasedAt;
  }

  /** How many there are, each person once. */
  get size(): number {
    return this.positions.size;
  }

  /** Of whom somebody was erased. */
  get tenants(): ReadonlySet<string> {
    return new Set([...this.positions.keys()].map((person) => person.slice(0, person.indexOf('\0'))));
  }

  /** Whether a record may be in no copy of the log: what is covered, and erasures, which name their person. */
  hides({ bytes, position }: StoredRecord): boolean {
    const event = this.size === 0 ? undefined : decodeEvent(bytes);
    return event !== undefined && (event.payload.case === 'erase' || this.covers(event, position));
  }

  add({ bytes, position }: StoredRecord): void {
    const event = erasureIn(bytes);
    if (event !== undefined) this.positions.set(personOf(event), position);
  }
}

/** The erasures of a partition from one position (inclusive) to another (exclusive). */
export async function readErasures(log: EventLog, partition: number, { from, to }: { readonly from: number; readonly to: number }): Promise<Erasures> {
  const erasures = new Erasures();
  for (let next = from; next < to;) {
    const records = await log.read(partition, next, AT_ONCE);
    if (records.length === 0) break;
    for (const record of records) if (record.position < to) erasures.add(record);
    next = records.at(-1)!.position + 1;
  }
  return erasures;
}

/** Most records are told apart without reading them. */
function erasureIn(bytes: Uint8Array): events.Event | undefined {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(TYPE)) return undefined;
  const event = decodeEvent(bytes);
  return event?.type === TYPE && event.payload.case === 'erase' ? event : undefined;
}
