import { anonymousEntity, hash64, ordinalOf, userEntity, type Hash64 } from '@serendip/shared-identity';
import { UserStateView, emptyStatistics, eventTypeCode } from '@serendip/shared-layouts';
import { countInteraction } from './count-interaction.js';
import type { Documents } from './documents.js';
import type { PositionedEvent, StateEvent } from './state-event.js';
import type { FoundState, ImportCursor, ItemKey, PartitionCommit, PartitionHead, StoredItem, UserKey, WantedState } from './state-store.js';
import { UserStateDraft } from './user-state-draft.js';

const HOUR_MS = 3_600_000;
/** How long a repeat of an event is known for one: the window clients have, and an hour for the hour it began in. */
export const DEDUPE_HOURS = 25;
const NO_SESSION: Hash64 = { lo: 0, hi: 0 };
const NO_PROFILE = new Uint8Array(0);

/** A change that writes what is there already is none: putting a catalogue again moves nothing. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

const userKeyText = ({ tenant, entity }: UserKey): string => `${tenant}\0${entity}`;
const itemKeyText = (tenant: string, { lo, hi }: Hash64): string => `${tenant}\0${hi}.${lo}`;
const hashText = ({ lo, hi }: Hash64): string => `${hi}.${lo}`;

function userKeyOf({ tenant, userId, anonymousId }: StateEvent): UserKey {
  return { tenant, entity: userId === '' ? anonymousEntity(anonymousId) : userEntity(userId) };
}

const isItemChange = ({ payload }: StateEvent): boolean => payload.case === 'itemChange';
const isUserChange = ({ payload }: StateEvent): boolean => payload.case === 'userChange';
const isInteraction = ({ type }: StateEvent): boolean => !type.startsWith('$');

/** What an applied batch did, besides the state it left. */
export interface ProcessedBatch {
  readonly commit: PartitionCommit;
  readonly applied: number;
  readonly duplicates: number;
  /** What the batch adds to each item's statistics: to be combined with what is known of the item elsewhere. */
  readonly statisticsAdded: readonly { readonly key: ItemKey; readonly row: Float64Array }[];
}

/** Everything a batch will touch, to be read at once. */
export function wantedState(batch: readonly PositionedEvent[], documents: Documents): WantedState {
  const users = new Map<string, UserKey>();
  const statistics = new Map<string, ItemKey>();
  const items = new Map<string, ItemKey>();
  const events: Hash64[] = [];
  const imports = new Set<string>();
  for (const { event } of batch) {
    const { tenant } = event;
    if (event.importPosition !== undefined) imports.add(importKeyOf(event));
    else if (event.eventId !== '') events.push(eventHash(event));
    if (isItemChange(event)) {
      const id = documents.itemIdOf(event.payload.value);
      if (id !== undefined) addItem(items, tenant, hash64(id));
      continue;
    }
    if (!isUserChange(event) && !isInteraction(event)) continue;
    const key = userKeyOf(event);
    users.set(userKeyText(key), key);
    if (isInteraction(event)) for (const { itemId } of event.items) addItem(statistics, tenant, hash64(itemId));
  }
  return { users: [...users.values()], statistics: [...statistics.values()], items: [...items.values()], events, imports: [...imports] };
}

function addItem(items: Map<string, ItemKey>, tenant: string, hash: Hash64): void {
  items.set(itemKeyText(tenant, hash), { tenant, lo: hash.lo, hi: hash.hi });
}

const importKeyOf = ({ tenant, importPosition }: StateEvent): string => `${tenant}\0${importPosition!.importId}`;
const eventHash = ({ tenant, eventId }: StateEvent): Hash64 => hash64(`${tenant}\0${eventId}`);

/**
 * Applies the events of one partition in position order. State depends on the partition's own log and on nothing else: the
 * same records give the same bytes, however they are cut into batches and however often a batch is tried.
 */
export class PartitionProcessor {
  constructor(private readonly partition: number, private readonly documents: Documents, private readonly options: { readonly dedupe: boolean } = { dedupe: true }) {}

  /** @param wanted what `wantedState` said of the same batch. @param end position after the last record read, poison ones included. */
  process(batch: readonly PositionedEvent[], { wanted, found, end }: { readonly wanted: WantedState; readonly found: FoundState; readonly end: number }): ProcessedBatch {
    const work = new BatchWork(this.partition, this.documents, { wanted, found });
    let applied = 0;
    let duplicates = 0;
    for (const { position, event } of batch) {
      work.noteHour(Math.floor(event.receivedAtMs / HOUR_MS));
      if (this.options.dedupe && work.isRepeat(event)) {
        duplicates++;
        continue;
      }
      work.apply(position, event);
      applied++;
    }
    return { ...work.result(end), applied, duplicates };
  }
}

class BatchWork {
  private readonly users = new Map<string, { key: UserKey; record: Uint8Array | undefined; draft?: UserStateDraft }>();
  private readonly statistics = new Map<string, { key: ItemKey; row: Float64Array; added: Float64Array; changed: boolean }>();
  private readonly items = new Map<string, { item: StoredItem | undefined; replaced: number | undefined; changed: boolean }>();
  private readonly known = new Set<string>();
  private readonly newEvents: Hash64[] = [];
  private readonly imports = new Map<string, ImportCursor>();
  private readonly changedImports = new Set<string>();
  private readonly itemCounts: Record<string, number>;
  private sequence: number;
  private hour: number;

  constructor(private readonly partition: number, private readonly documents: Documents, { wanted, found }: { readonly wanted: WantedState; readonly found: FoundState }) {
    wanted.users.forEach((key, i) => this.users.set(userKeyText(key), { key, record: found.users[i] }));
    wanted.statistics.forEach((key, i) => this.statistics.set(itemKeyText(key.tenant, key), {
      key, row: found.statistics[i]?.slice() ?? emptyStatistics(), added: emptyStatistics(), changed: false,
    }));
    wanted.items.forEach((key, i) => this.items.set(itemKeyText(key.tenant, key), { item: found.items[i], replaced: found.items[i]?.sequence, changed: false }));
    wanted.events.forEach((hash, i) => { if (found.events[i]) this.known.add(hashText(hash)); });
    wanted.imports.forEach((key, i) => { if (found.imports[i] !== undefined) this.imports.set(key, found.imports[i]); });
    this.itemCounts = { ...found.head.items };
    this.sequence = found.head.sequence;
    this.hour = found.head.hour;
  }

  noteHour(hour: number): void {
    this.hour = Math.max(this.hour, hour);
  }

  /** Whether this event has been applied before; remembers it if not. */
  isRepeat(event: StateEvent): boolean {
    const { importPosition } = event;
    if (importPosition !== undefined) {
      const key = importKeyOf(event);
      const cursor = this.imports.get(key);
      if (cursor !== undefined && (importPosition.batch < cursor.batch || (importPosition.batch === cursor.batch && importPosition.index <= cursor.index))) return true;
      this.imports.set(key, { batch: importPosition.batch, index: importPosition.index });
      this.changedImports.add(key);
      return false;
    }
    if (event.eventId === '') return false;
    const hash = eventHash(event);
    const text = hashText(hash);
    if (this.known.has(text)) return true;
    this.known.add(text);
    this.newEvents.push(hash);
    return false;
  }

  apply(position: number, event: StateEvent): void {
    if (isItemChange(event)) this.changeItem(event);
    else if (isUserChange(event)) this.changeProfile(position, event);
    else if (isInteraction(event)) this.interact(position, event);
  }

  result(end: number): Pick<ProcessedBatch, 'commit' | 'statisticsAdded'> {
    const head: PartitionHead = { cursor: end, items: this.itemCounts, sequence: this.sequence, hour: this.hour };
    const statistics = [...this.statistics.values()].filter(({ changed }) => changed);
    return {
      commit: {
        head,
        users: [...this.users.values()].flatMap(({ key, draft }) => (draft === undefined ? [] : [{ key, record: draft.encode() }])),
        statistics: statistics.map(({ key, row }) => ({ key, row })),
        items: [...this.items.values()].flatMap(({ item, replaced, changed }) => (changed && item !== undefined ? [{ item, replacedSequence: replaced }] : [])),
        events: this.newEvents,
        imports: [...this.changedImports].map((importId) => ({ importId, cursor: this.imports.get(importId)! })),
      },
      statisticsAdded: statistics.map(({ key, added }) => ({ key, row: added })),
    };
  }

  private interact(position: number, event: StateEvent): void {
    const { tenant, items, sessionId, eventTimeMs: timeMs, value: given } = event;
    const type = eventTypeCode(event.type);
    const value = given ?? NaN;
    const draft = this.draftOf(event);
    draft.position = position;
    draft.count(type, timeMs, sessionId === '' ? NO_SESSION : hash64(sessionId));
    for (const { itemId } of items) {
      const { lo, hi } = hash64(itemId);
      draft.interact({ lo, hi, type, value, timeMs });
      const statistics = this.statistics.get(itemKeyText(tenant, { lo, hi }))!;
      countInteraction(statistics.row, 0, { type, value, timeMs });
      countInteraction(statistics.added, 0, { type, value, timeMs });
      statistics.changed = true;
    }
  }

  private changeProfile(position: number, event: StateEvent): void {
    const entry = this.users.get(userKeyText(userKeyOf(event)))!;
    const known = entry.draft?.profile ?? (entry.record === undefined ? NO_PROFILE : new UserStateView(entry.record).profile);
    const profile = this.documents.changeProfile(known, event.payload.value);
    if (isSame(known, profile)) return;
    const draft = this.draftOf(event);
    draft.position = position;
    draft.profile = profile;
  }

  private changeItem({ tenant, payload }: StateEvent): void {
    const id = this.documents.itemIdOf(payload.value);
    if (id === undefined) return;
    const entry = this.items.get(itemKeyText(tenant, hash64(id)))!;
    const next = this.documents.changeItem(entry.item?.document, payload.value);
    if (next === undefined) return;
    // Nothing is known of an item that is deleted before it was ever there.
    if (next.deleted && entry.item === undefined) return;
    if (entry.item !== undefined && entry.item.deleted === next.deleted && isSame(entry.item.document, next.document)) return;
    entry.item = {
      tenant, id, deleted: next.deleted, document: next.document,
      ordinal: entry.item?.ordinal ?? this.newOrdinal(tenant), version: (entry.item?.version ?? 0) + 1, sequence: ++this.sequence,
    };
    entry.changed = true;
  }

  private newOrdinal(tenant: string): number {
    const n = this.itemCounts[tenant] ?? 0;
    this.itemCounts[tenant] = n + 1;
    return ordinalOf(n, this.partition);
  }

  private draftOf(event: StateEvent): UserStateDraft {
    const entry = this.users.get(userKeyText(userKeyOf(event)))!;
    entry.draft ??= new UserStateDraft(entry.record);
    return entry.draft;
  }
}

