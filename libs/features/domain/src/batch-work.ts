import { hash64, ordinalOf, type Hash64 } from '@serendip/shared-identity';
import { ITEM_STATISTICS_WIDTH, UserStateView, emptyStatistics, eventTypeCode } from '@serendip/shared-layouts';
import type { BatchPlan, BatchStep } from './batch-plan.js';
import { countInteraction } from './count-interaction.js';
import type { Documents } from './documents.js';
import type { OutgoingEvent } from './outbox.js';
import type { FoundState, PartitionCommit } from './partition-store.js';
import { encodeRedirect, redirectOf } from './redirect.js';
import type { Erase, Identify, Merge } from './state-event.js';
import type { ItemRow, StoredItem } from './state-reader.js';
import { UserStateDraft } from './user-state-draft.js';
import { encodeVisitors, visitorsOf } from './visitors.js';

const IMPRESSION = eventTypeCode('impression');
const NO_SESSION: Hash64 = { lo: 0, hi: 0 };
const NOTHING = new Uint8Array(0);
const EMPTY_ROW = emptyStatistics();
/** So many seen items fit into one event of the log; nobody sees more before saying who they are. */
const MOST_SEEN_MOVED = 80_000;

/** A change that writes what is there already is none: putting a catalogue again moves nothing. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** A state that travelled; undefined for one that is none, which changes nothing rather than hold up the partition. */
function readable(state: Uint8Array): UserStateView | undefined {
  try {
    return new UserStateView(state);
  } catch {
    return undefined;
  }
}

function rowsOf(found: readonly (Float64Array | undefined)[]): Float64Array {
  const rows = new Float64Array(found.length * ITEM_STATISTICS_WIDTH);
  found.forEach((row, i) => rows.set(row ?? EMPTY_ROW, i * ITEM_STATISTICS_WIDTH));
  return rows;
}

/** The state that a batch touches, while it is applied. */
export class BatchWork {
  /** Records of users as they were found; undefined once they are erased. */
  private readonly records: (Uint8Array | undefined)[];
  private readonly drafts: (UserStateDraft | undefined)[];
  /** Who an anonymous visitor is, where that is known. */
  private readonly redirects: (string | undefined)[];
  private readonly identified = new Set<number>();
  private readonly erased = new Set<number>();
  /** Lists of visitors that were changed. */
  private readonly visitors = new Map<number, readonly string[]>();
  private readonly outgoing: OutgoingEvent[] = [];
  private readonly rows: Float64Array;
  private readonly added: Float64Array;
  private readonly counted: Uint8Array;
  private readonly items: (StoredItem | undefined)[];
  private readonly changedItems = new Set<number>();
  private readonly itemCounts: Record<string, number>;
  private sequence: number;

  constructor(private readonly parts: { readonly partition: number; readonly documents: Documents; readonly plan: BatchPlan; readonly found: FoundState }) {
    const { found } = parts;
    this.records = [...found.users];
    this.drafts = new Array<UserStateDraft | undefined>(found.users.length);
    this.redirects = found.users.map(redirectOf);
    this.rows = rowsOf(found.statistics);
    this.added = rowsOf(found.statistics.map(() => undefined));
    this.counted = new Uint8Array(found.statistics.length);
    this.items = [...found.items];
    this.itemCounts = { ...found.head.items };
    this.sequence = found.head.sequence;
  }

  apply(step: BatchStep): void {
    switch (step.kind) {
      case 'interaction': return this.redirects[step.user] === undefined ? this.interact(step) : this.forward(step, this.redirects[step.user]!);
      case 'item': return this.changeItem(step);
      case 'profile': return this.changeProfile(step);
      case 'identify': return this.identify(step);
      case 'merge': return this.merge(step);
      case 'erase': return this.erase(step);
      case 'other': return;
    }
  }

  /** What was changed, and what it adds to each item's statistics. */
  result(head: { readonly cursor: number; readonly hour: number }): { readonly commit: Omit<PartitionCommit, 'events' | 'imports'>; readonly statisticsAdded: readonly ItemRow[] } {
    const { plan: { wanted }, found } = this.parts;
    const counted = wanted.statistics.flatMap((key, i) => (this.counted[i] === 1 ? [{ key, from: i * ITEM_STATISTICS_WIDTH }] : []));
    const rowsIn = (rows: Float64Array): ItemRow[] => counted.map(({ key, from }) => ({ key, row: rows.subarray(from, from + ITEM_STATISTICS_WIDTH) }));
    return {
      commit: {
        head: { ...head, items: this.itemCounts, sequence: this.sequence },
        users: this.changedRecords(),
        outgoing: this.outgoing,
        statistics: rowsIn(this.rows),
        items: [...this.changedItems].map((i) => ({ item: this.items[i]!, replacedSequence: found.items[i]?.sequence })),
      },
      statisticsAdded: rowsIn(this.added),
    };
  }

  private changedRecords(): PartitionCommit['users'] {
    const { plan: { wanted } } = this.parts;
    const written = new Map<number, Uint8Array | undefined>([...this.erased].map((i) => [i, undefined]));
    this.drafts.forEach((draft, i) => { if (draft !== undefined) written.set(i, draft.encode()); });
    for (const i of this.identified) written.set(i, encodeRedirect(this.redirects[i]!));
    for (const [i, list] of this.visitors) written.set(i, list.length === 0 ? undefined : encodeVisitors(list));
    return [...written].filter(([i, record]) => record !== undefined || this.parts.found.users[i] !== undefined).map(([i, record]) => ({ key: wanted.users[i]!, record }));
  }

  private interact({ position, event, user, items }: BatchStep): void {
    const { sessionId, eventTimeMs: timeMs } = event;
    const type = eventTypeCode(event.type);
    const value = event.value ?? NaN;
    const draft = this.draftOf(user);
    draft.position = position;
    if (type !== IMPRESSION) draft.count(type, timeMs, sessionId === '' ? NO_SESSION : hash64(sessionId));
    for (const item of items) {
      const { lo, hi } = this.parts.plan.wanted.statistics[item]!;
      if (type === IMPRESSION) draft.impress({ lo, hi, timeMs, count: 1 });
      else draft.interact({ lo, hi, type, value, timeMs });
      countInteraction(this.rows, item * ITEM_STATISTICS_WIDTH, { type, value, timeMs });
      countInteraction(this.added, item * ITEM_STATISTICS_WIDTH, { type, value, timeMs });
      this.counted[item] = 1;
    }
  }

  /** An anonymous visitor belongs to the first user it is said to be: its state goes there, and so does whatever it does later. */
  private identify({ position, event, user }: BatchStep): void {
    if (this.redirects[user] !== undefined) return;
    const { userId } = event.payload.value as Identify;
    const record = this.records[user];
    const draft = this.drafts[user] ?? (record === undefined ? undefined : new UserStateDraft(record));
    this.redirects[user] = userId;
    this.identified.add(user);
    this.drafts[user] = undefined;
    draft?.keepSeen(MOST_SEEN_MOVED);
    // A visitor who has done nothing goes along: the user is asked which visitors have become it.
    const state = draft?.encode() ?? NOTHING;
    this.outgoing.push({ position, bytes: this.parts.documents.merge(event, { userId, state, cause: this.causeAt(position) }) });
  }

  private forward({ position, event }: BatchStep, userId: string): void {
    this.outgoing.push({ position, bytes: this.parts.documents.forwarded(event, { userId, cause: this.causeAt(position) }) });
  }

  private merge({ position, event, user, visitors }: BatchStep): void {
    const { anonymousId, state: bytes } = event.payload.value as Merge;
    const known = this.visitorsAt(visitors);
    if (!known.includes(anonymousId)) this.visitors.set(visitors, [...known, anonymousId]);
    const state = bytes.length === 0 ? undefined : readable(bytes);
    if (state === undefined) return;
    const draft = this.draftOf(user);
    draft.position = position;
    draft.merge(state);
  }

  /** Nothing is left of the person here; what they do from now on is a stranger's. */
  private erase({ event, user, visitors }: BatchStep): void {
    const { anonymousIds } = event.payload.value as Erase;
    this.erased.add(user);
    this.identified.delete(user);
    this.records[user] = undefined;
    this.drafts[user] = undefined;
    this.redirects[user] = undefined;
    if (visitors >= 0) this.visitors.set(visitors, this.visitorsAt(visitors).filter((id) => !anonymousIds.includes(id)));
  }

  private visitorsAt(place: number): readonly string[] {
    return this.visitors.get(place) ?? visitorsOf(this.records[place]);
  }

  private causeAt(position: number): { readonly partition: number; readonly position: number } {
    return { partition: this.parts.partition, position };
  }

  private changeProfile({ position, event, user }: BatchStep): void {
    const record = this.records[user];
    const known = this.drafts[user]?.profile ?? (record === undefined ? NOTHING : new UserStateView(record).profile);
    const profile = this.parts.documents.changeProfile(known, event.payload.value);
    if (isSame(known, profile)) return;
    const draft = this.draftOf(user);
    draft.position = position;
    draft.profile = profile;
  }

  private changeItem({ event: { tenant, payload }, items: [place] }: BatchStep): void {
    const known = this.items[place!];
    const next = this.parts.documents.changeItem(known?.document, payload.value);
    if (next === undefined) return;
    // Nothing is known of an item that is deleted before it was ever there.
    if (next.deleted && known === undefined) return;
    if (known !== undefined && known.deleted === next.deleted && isSame(known.document, next.document)) return;
    this.items[place!] = {
      tenant, id: next.id, deleted: next.deleted, document: next.document,
      ordinal: known?.ordinal ?? this.newOrdinal(tenant), version: (known?.version ?? 0) + 1, sequence: ++this.sequence,
    };
    this.changedItems.add(place!);
  }

  private newOrdinal(tenant: string): number {
    const n = this.itemCounts[tenant] ?? 0;
    this.itemCounts[tenant] = n + 1;
    return ordinalOf(n, this.parts.partition);
  }

  private draftOf(user: number): UserStateDraft {
    return (this.drafts[user] ??= new UserStateDraft(this.records[user]));
  }
}
