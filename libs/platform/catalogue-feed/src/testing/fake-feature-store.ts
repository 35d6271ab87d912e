import type { AttributeValue } from '@serendip/shared-catalogue';
import { create, features } from '@serendip/shared-contracts';
import { PARTITIONS } from '@serendip/shared-identity';
import { ITEM_STATISTICS, ITEM_STATISTICS_WIDTH, bytesOf, emptyStatistics, float64sOf, statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';
import type { CatalogueSource } from '../catalogue-source.js';
import { attributeMessage } from './attribute-message.js';

/** What a test says of an item; the rest is absent. */
export interface FakeItem {
  readonly title?: string;
  readonly categories?: readonly string[];
  readonly price?: number;
  readonly available?: boolean;
  readonly publishedAtMs?: number;
  readonly expiresAtMs?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

interface Stored {
  readonly entry: features.CatalogueEntry;
  readonly change: number;
  readonly statistics: Float64Array;
}

/** A feature store of one tenant's items in memory, for the two streams. All items are of partition 0. */
export class FakeFeatureStore implements CatalogueSource {
  /** What went out so far. */
  entriesSent = 0;
  statisticsSent = 0;
  /** While true, the catalogue's stream says nothing. */
  holdCatalogue = false;
  private items = new Map<string, Stored>();
  private changes = 0;
  private touched = new Map<string, number>();
  private touches = 0;
  private away = false;
  private sleepers: (() => void)[] = [];

  /** Adds or replaces an item and answers its ordinal. */
  put(id: string, { categories = [], attributes = {}, ...more }: FakeItem, { deleted = false } = {}): number {
    const known = this.items.get(id);
    const ordinal = known?.entry.ordinal ?? this.items.size * PARTITIONS;
    const version = (known?.entry.version ?? 0) + 1;
    const messages = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeMessage(value)]));
    const entry = create(features.CatalogueEntrySchema, { ordinal, version, deleted, item: { id, ...more, categories: [...categories], attributes: messages } });
    this.items.set(id, { entry, change: ++this.changes, statistics: known?.statistics ?? emptyStatistics() });
    this.notify();
    return ordinal;
  }

  delete(id: string): void {
    this.put(id, {}, { deleted: true });
  }

  /** Sets a statistic as it is stored. */
  set(id: string, statistic: ItemStatistic, value: number): void {
    this.items.get(id)!.statistics[statisticColumn(statistic)] = value;
    this.touched.set(id, ++this.touches);
    this.notify();
  }

  /** Sets `rating_count`, the plainest statistic. */
  count(id: string, ratings: number): void {
    this.set(id, 'rating_count', ratings);
  }

  /** Breaks the streams, and every new one until it comes back. */
  goAway(): void {
    this.away = true;
    this.notify();
  }

  comeBack(): void {
    this.away = false;
  }

  releaseCatalogue(): void {
    this.holdCatalogue = false;
    this.notify();
  }

  /** Forgets everything and begins again with these items, as after a rebuild with other ordinals. */
  rebuild(ids: readonly string[]): void {
    this.items = new Map();
    this.touched = new Map();
    this.changes = 0;
    for (const id of ids) this.put(id, {});
    this.goAway();
    setTimeout(() => this.comeBack(), 5);
  }

  async *watchCatalogue({ positions }: { positions: Uint8Array }, { signal }: { signal: AbortSignal }): AsyncIterable<features.WatchCatalogueResponse> {
    let from = positions.length === 0 ? 0 : Math.min(float64sOf(positions.slice())[0]!, this.changes);
    let caughtUp = false;
    for await (const _ of this.wakes(signal)) {
      const changed = [...this.items.values()].filter(({ change }) => change > from).sort((a, b) => a.change - b.change);
      if (this.holdCatalogue || (caughtUp && changed.length === 0)) continue;
      from = this.changes;
      caughtUp = true;
      this.entriesSent += changed.length;
      const sequences = new Float64Array(PARTITIONS);
      sequences[0] = from;
      yield create(features.WatchCatalogueResponseSchema, { entries: changed.map(({ entry }) => entry), positions: bytesOf(sequences), caughtUp });
    }
  }

  async *watchItemStatistics(_request: unknown, { signal }: { signal: AbortSignal }): AsyncIterable<features.WatchItemStatisticsResponse> {
    let from = 0;
    let caughtUp = false;
    for await (const _ of this.wakes(signal)) {
      const changed = [...this.items].filter(([id]) => (this.touched.get(id) ?? 0) > from).map(([, stored]) => stored);
      if (caughtUp && changed.length === 0) continue;
      from = this.touches;
      caughtUp = true;
      this.statisticsSent += changed.length;
      const rows = new Float64Array(changed.length * ITEM_STATISTICS.length);
      changed.forEach(({ statistics }, i) => rows.set(statistics, i * ITEM_STATISTICS_WIDTH));
      yield create(features.WatchItemStatisticsResponseSchema, {
        ordinals: bytesOf(Int32Array.from(changed, ({ entry }) => entry.ordinal)), statistics: bytesOf(rows), caughtUp,
      });
    }
  }

  /** Once at first and then whenever something has happened, until the signal; throws while away. */
  private async *wakes(signal: AbortSignal): AsyncIterable<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      if (this.away) throw new Error('The feature store is away.');
      const woken = new Promise<void>((resolve) => this.sleepers.push(resolve));
      yield;
      await Promise.race([woken, aborted]);
    }
  }

  private notify(): void {
    for (const wake of this.sleepers.splice(0)) wake();
  }
}
