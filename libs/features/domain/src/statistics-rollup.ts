import { combineStatistics, emptyStatistics } from '@serendip/shared-layouts';
import type { ItemKey } from './state-store.js';

/** Statistics of items over all partitions, and which have changed since they were last taken. */
export class StatisticsRollup {
  private readonly rows = new Map<string, { readonly key: ItemKey; readonly row: Float64Array }>();
  private readonly revisions = new Map<string, number>();
  private revision = 0;

  /** Combines what one partition knows, or has newly counted, with the rest. */
  add({ key, row }: { readonly key: ItemKey; readonly row: Float64Array }): void {
    const text = `${key.tenant}\0${key.hi}.${key.lo}`;
    let entry = this.rows.get(text);
    if (entry === undefined) {
      entry = { key, row: emptyStatistics() };
      this.rows.set(text, entry);
    }
    combineStatistics(entry.row, 0, row, 0);
    this.touch(key);
  }

  /** Counts an item as changed: whoever could not place its statistics before gets them again. Nothing for an item without any. */
  touch({ tenant, lo, hi }: ItemKey): void {
    const text = `${tenant}\0${hi}.${lo}`;
    if (!this.rows.has(text)) return;
    this.revisions.delete(text);
    this.revisions.set(text, ++this.revision);
  }

  get newest(): number {
    return this.revision;
  }

  /** Rows of a tenant that changed after a revision; from 0 all of them. */
  changedSince(tenant: string, revision: number): readonly { readonly key: ItemKey; readonly row: Float64Array }[] {
    const changed: { readonly key: ItemKey; readonly row: Float64Array }[] = [];
    // The newest changes are at the end: what is older than asked for is not looked at.
    for (const [text, since] of [...this.revisions].reverse()) {
      if (since <= revision) break;
      const entry = this.rows.get(text)!;
      if (entry.key.tenant === tenant) changed.push(entry);
    }
    return changed;
  }
}
