import { HashTable64 } from '@serendip/shared-identity';
import { ITEM_STATISTICS_WIDTH, combineStatistics, emptyStatistics } from '@serendip/shared-layouts';
import type { ItemKey, ItemRow } from './state-reader.js';

const EMPTY_ROW = emptyStatistics();
/** The order of changes is made anew once so much of it is out of date. */
const LEAST_ORDER = 1024;

/** Statistics that changed, oldest change first, and the revision to go on from. */
export interface ChangedStatistics {
  readonly rows: readonly ItemRow[];
  readonly revision: number;
}

/** Rows of one tenant, and the order in which they last changed. */
class TenantRollup {
  private readonly places = new HashTable64();
  private readonly keys: ItemKey[] = [];
  private rows = new Float64Array(1024 * ITEM_STATISTICS_WIDTH);
  private readonly revisions: number[] = [];
  /** Places by revision; one that changed again since is passed over. */
  private order: { readonly place: number; readonly revision: number }[] = [];

  placeOf({ lo, hi }: ItemKey): number {
    return this.places.get(lo, hi);
  }

  add({ key, row }: ItemRow, revision: number): void {
    const known = this.placeOf(key);
    const place = known >= 0 ? known : this.makePlace(key);
    combineStatistics(this.rows, place * ITEM_STATISTICS_WIDTH, row, 0);
    this.touch(place, revision);
  }

  set({ key, row }: ItemRow, nextRevision: () => number): void {
    const known = this.placeOf(key);
    const place = known >= 0 ? known : this.makePlace(key);
    if (row.every((value, i) => value === this.rowAt(place)[i])) return;
    this.rowAt(place).set(row);
    this.touch(place, nextRevision());
  }

  /** Takes over the rows of another, none where it has none; those that differ count as changed, each at the next revision. */
  replaceBy(other: TenantRollup, nextRevision: () => number): void {
    for (const key of other.keys) if (this.placeOf(key) < 0) this.makePlace(key);
    for (const key of this.keys) this.set({ key, row: other.rowOf(key) }, nextRevision);
  }

  touch(place: number, revision: number): void {
    this.revisions[place] = revision;
    this.order.push({ place, revision });
    if (this.order.length > Math.max(LEAST_ORDER, this.keys.length * 2)) this.order = this.order.filter((entry) => this.isNewest(entry));
  }

  changedSince(revision: number, max: number): ChangedStatistics {
    const rows: ItemRow[] = [];
    let last = revision;
    for (let i = this.firstAfter(revision); i < this.order.length && rows.length < max; i++) {
      const entry = this.order[i]!;
      last = entry.revision;
      if (!this.isNewest(entry)) continue;
      rows.push({ key: this.keys[entry.place]!, row: this.rowAt(entry.place).slice() });
    }
    return { rows, revision: last };
  }

  private rowOf(key: ItemKey): Float64Array {
    const place = this.placeOf(key);
    return place < 0 ? EMPTY_ROW : this.rowAt(place);
  }

  private rowAt(place: number): Float64Array {
    return this.rows.subarray(place * ITEM_STATISTICS_WIDTH, (place + 1) * ITEM_STATISTICS_WIDTH);
  }

  private isNewest({ place, revision }: { readonly place: number; readonly revision: number }): boolean {
    return this.revisions[place] === revision;
  }

  private makePlace(key: ItemKey): number {
    const place = this.keys.push(key) - 1;
    this.places.set(key, place);
    if ((place + 1) * ITEM_STATISTICS_WIDTH > this.rows.length) {
      const larger = new Float64Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows.set(EMPTY_ROW, place * ITEM_STATISTICS_WIDTH);
    return place;
  }

  /** Place in the order of the first change after a revision. */
  private firstAfter(revision: number): number {
    let from = 0;
    let to = this.order.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.order[middle]!.revision <= revision) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Statistics of items over all partitions, and which have changed since they were last taken. */
export class StatisticsRollup {
  private readonly tenants = new Map<string, TenantRollup>();
  private revision = 0;

  /** The revision of the newest change; 0 before the first. */
  get newest(): number {
    return this.revision;
  }

  /** Tenants that have statistics, in no order. */
  get tenantNames(): readonly string[] {
    return [...this.tenants.keys()];
  }

  /** Combines what one partition knows, or has newly counted, with the rest. */
  add(entry: ItemRow): void {
    this.ofTenant(entry.key.tenant).add(entry, ++this.revision);
  }

  /** Puts a row in the place of what was known of its item; counts as a change if it differs. */
  set(entry: ItemRow): void {
    this.ofTenant(entry.key.tenant).set(entry, () => ++this.revision);
  }

  /** Takes over what another has added up; only rows that differ count as changed. */
  replaceBy(other: StatisticsRollup): void {
    for (const tenant of new Set([...this.tenants.keys(), ...other.tenants.keys()])) this.ofTenant(tenant).replaceBy(other.ofTenant(tenant), () => ++this.revision);
  }

  /** Counts an item as changed: whoever could not place its statistics before gets them again. Nothing for an item without any. */
  touch(key: ItemKey): void {
    const rollup = this.tenants.get(key.tenant);
    const place = rollup?.placeOf(key) ?? -1;
    if (place >= 0) rollup!.touch(place, ++this.revision);
  }

  /**
   * At most `max` rows of a tenant that changed after a revision, oldest change first; from 0 all of them. No rows: nothing has
   * changed. A row that changes meanwhile comes again later.
   */
  changedSince(tenant: string, revision: number, max: number): ChangedStatistics {
    return this.tenants.get(tenant)?.changedSince(revision, max) ?? { rows: [], revision };
  }

  private ofTenant(tenant: string): TenantRollup {
    let rollup = this.tenants.get(tenant);
    if (rollup === undefined) this.tenants.set(tenant, (rollup = new TenantRollup()));
    return rollup;
  }
}
