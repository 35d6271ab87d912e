import type { EventLog } from '@serendip/events-domain';
import { MessageDocuments } from '@serendip/features-adapters';
import { catalogueItemOf } from '@serendip/platform-catalogue-feed';
import type { CatalogueItem } from '@serendip/shared-catalogue';
import { create, events, features, fromBinary } from '@serendip/shared-contracts';
import { HashTable64, PARTITIONS, anonymousEntity, hash64, userEntity } from '@serendip/shared-identity';
import { eventTypeCode } from '@serendip/shared-layouts';
import type { History } from './history.js';
import { HistoryBuilder } from './history-builder.js';

const AT_ONCE = 2000;

export interface HistoryOptions {
  /** Whether users' profiles are wanted, too: what each was and when takes memory. */
  readonly withProfiles: boolean;
  readonly onProgress: (share: number) => void;
}

/** Reads a tenant's log: every repeat of an event once, nothing of what was erased, the newest interactions if there are very many, the newest version of every item that still exists. */
export async function readHistory(log: EventLog, tenant: string, { withProfiles, onProgress }: HistoryOptions): Promise<History> {
  const builder = new HistoryBuilder();
  const catalogue = new Map<string, CatalogueItem>();
  const documents = withProfiles ? new MessageDocuments() : undefined;
  const ends = await log.ends();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await readPartition(log, { partition, end: ends[partition]!, tenant, builder, catalogue, documents });
    onProgress((partition + 1) / PARTITIONS);
  }
  return builder.build(catalogue);
}

interface PartitionRead {
  readonly partition: number;
  readonly end: number;
  readonly tenant: string;
  readonly builder: HistoryBuilder;
  readonly catalogue: Map<string, CatalogueItem>;
  /** What a change makes of a profile; undefined when profiles are not wanted. */
  readonly documents: MessageDocuments | undefined;
}

async function readPartition(log: EventLog, { partition, end, tenant, builder, catalogue, documents }: PartitionRead): Promise<void> {
  const seen = new HashTable64();
  let from = 0;
  while (from < end) {
    const records = await log.read(partition, from, AT_ONCE);
    if (records.length === 0) return;
    for (const { bytes } of records) {
      const event = decode(bytes);
      if (event === undefined || event.tenant !== tenant || isRepeat(event, seen)) continue;
      // What a partition sent on stands in its own log, too.
      if (event.cause !== undefined) continue;
      if (event.payload.case === 'itemChange') applyItem(catalogue, event.payload.value);
      else if (event.payload.case === 'userChange') changeProfile(builder, event, documents);
      else if (event.payload.case === 'identify') builder.identify(anonymousEntity(event.anonymousId), userEntity(event.payload.value.userId));
      else if (event.payload.case === 'erase') builder.erase(event.userId === '' ? anonymousEntity(event.anonymousId) : userEntity(event.userId));
      else if (!event.type.startsWith('$')) addInteraction(builder, event);
    }
    from = records.at(-1)!.position + 1;
  }
}

/** Undefined for a record that is no event: it is passed over, as the feature store does. */
function decode(bytes: Uint8Array): events.Event | undefined {
  try {
    return fromBinary(events.EventSchema, bytes);
  } catch {
    return undefined;
  }
}

/** Takes note of an event's id, if it has one; 64 bits of it. */
function isRepeat({ eventId }: events.Event, seen: HashTable64): boolean {
  if (eventId === '') return false;
  const { lo, hi } = hash64(eventId);
  if (seen.get(lo, hi) >= 0) return true;
  seen.set({ lo, hi }, 1);
  return false;
}

function applyItem(catalogue: Map<string, CatalogueItem>, { kind, item, fields }: events.ItemChange): void {
  if (item === undefined) return;
  if (kind === events.ChangeKind.DELETE) {
    catalogue.delete(item.id);
    return;
  }
  const known = catalogue.get(item.id);
  const next = catalogueItemOf(create(features.CatalogueEntrySchema, { ordinal: known?.ordinal ?? catalogue.size, version: 1, deleted: false, item }));
  if (kind !== events.ChangeKind.PATCH || known === undefined) {
    catalogue.set(item.id, next);
    return;
  }
  const patch = Object.fromEntries(fields.filter((field) => field in next).map((field) => [field, next[field as keyof CatalogueItem]]));
  catalogue.set(item.id, { ...known, ...patch, attributes: { ...known.attributes, ...next.attributes } });
}

/** As the processors of the feature store do. */
function changeProfile(builder: HistoryBuilder, { userId, eventTimeMs: timeMs, payload }: events.Event, documents: MessageDocuments | undefined): void {
  if (documents === undefined || userId === '') return;
  const userKey = userEntity(userId);
  const known = builder.profileOf(userKey);
  const profile = documents.changeProfile(known, payload.value);
  if (!Buffer.from(known).equals(profile)) builder.changeProfile(userKey, { timeMs, profile });
}

function addInteraction(builder: HistoryBuilder, { userId, anonymousId, type, items, value, eventTimeMs, sessionId, context }: events.Event): void {
  const userKey = userId === '' ? anonymousEntity(anonymousId) : userEntity(userId);
  const event = { type: eventTypeCode(type), value: value ?? NaN, timeMs: eventTimeMs, sessionId, visit: context };
  for (const { itemId } of items) builder.add(userKey, itemId, event);
}
