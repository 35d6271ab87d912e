import type { EventLog } from '@serendip/events-domain';
import { catalogueItemOf } from '@serendip/platform-catalogue-feed';
import type { CatalogueItem } from '@serendip/shared-catalogue';
import { create, events, features, fromBinary } from '@serendip/shared-contracts';
import { PARTITIONS, anonymousEntity, userEntity } from '@serendip/shared-identity';
import { eventTypeCode } from '@serendip/shared-layouts';
import type { History } from './history.js';
import { HistoryBuilder } from './history-builder.js';

const AT_ONCE = 2000;

/** Reads a tenant's whole log: every repeat of an event once, nothing of what was erased, the newest version of every item that still exists. */
export async function readHistory(log: EventLog, tenant: string, onProgress: (share: number) => void): Promise<History> {
  const builder = new HistoryBuilder();
  const catalogue = new Map<string, CatalogueItem>();
  const ends = await log.ends();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await readPartition(log, { partition, end: ends[partition]!, tenant, builder, catalogue });
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
}

async function readPartition(log: EventLog, { partition, end, tenant, builder, catalogue }: PartitionRead): Promise<void> {
  const seen = new Set<string>();
  let from = 0;
  while (from < end) {
    const records = await log.read(partition, from, AT_ONCE);
    if (records.length === 0) return;
    for (const { bytes } of records) {
      const event = decode(bytes);
      if (event === undefined || event.tenant !== tenant || seen.has(event.eventId)) continue;
      if (event.eventId !== '') seen.add(event.eventId);
      // What a partition sent on stands in its own log, too.
      if (event.cause !== undefined) continue;
      if (event.payload.case === 'itemChange') applyItem(catalogue, event.payload.value);
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

function addInteraction(builder: HistoryBuilder, { userId, anonymousId, type, items, value, eventTimeMs, sessionId, context }: events.Event): void {
  const userKey = userId === '' ? anonymousEntity(anonymousId) : userEntity(userId);
  const event = { type: eventTypeCode(type), value: value ?? NaN, timeMs: eventTimeMs, sessionId, visit: context };
  for (const { itemId } of items) builder.add(userKey, itemId, event);
}
