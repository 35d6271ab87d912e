import type { CatalogueItem, ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS_WIDTH, float64sOf, int32sOf } from '@serendip/shared-layouts';
import type { features } from '@serendip/shared-contracts';
import { Backoff } from './backoff.js';
import { catalogueItemOf } from './catalogue-entry.js';
import type { CatalogueSource } from './catalogue-source.js';
import { MutableCatalogueView, type CatalogueView } from './catalogue-view.js';

export type FeedEvent = 'connected' | 'changed' | 'disconnected' | 'started-over';

export interface TenantFeedOptions {
  readonly tenant: string;
  readonly source: CatalogueSource;
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  readonly onEvent: (event: FeedEvent, error?: unknown) => void;
}

/**
 * Follows one tenant's catalogue and statistics, each stream from where it stopped. A feature store whose positions or
 * ordinals contradict what is known here has been rebuilt: then everything is read again beside the old view, which goes on
 * being served until the new one is complete.
 */
export class TenantFeed {
  /** What is served. */
  view: CatalogueView;
  /** Where the catalogue goes on; empty for its beginning. Belongs to `view` unless it is being rebuilt. */
  positions: Uint8Array = new Uint8Array(0);
  private target: MutableCatalogueView;
  private catalogueCaughtUp = false;
  private statisticsCaughtUp = false;
  /** Statistics that came before their item. */
  private readonly early = new Map<number, Float64Array>();
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private complete = false;

  constructor(private readonly options: TenantFeedOptions, loaded?: { readonly view: MutableCatalogueView; readonly positions: Uint8Array }) {
    this.target = loaded?.view ?? new MutableCatalogueView();
    this.view = this.target;
    this.positions = loaded?.positions ?? this.positions;
  }

  /** Whether everything the feature store knew when it was reached has arrived; stays true while it is away. */
  get caughtUp(): boolean {
    return this.complete;
  }

  /** Whether `view` is being rebuilt, so that `positions` does not belong to it. */
  get rebuilding(): boolean {
    return this.view !== this.target;
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const pause = new Backoff(this.options.backoff.firstMs, this.options.backoff.mostMs);
    while (!this.stopped.signal.aborted) {
      const generation = new AbortController();
      const signal = AbortSignal.any([this.stopped.signal, generation.signal]);
      await Promise.all([
        this.follow(signal, () => this.options.source.watchCatalogue({ tenant: this.options.tenant, positions: this.positions }, { signal }), (message, first) => {
          if (first) this.options.onEvent('connected');
          if (this.acceptEntries(message, first)) return;
          this.startOver();
          generation.abort();
        }),
        this.follow(signal, () => this.options.source.watchItemStatistics({ tenant: this.options.tenant }, { signal }), (message) => this.acceptStatistics(message)),
      ]);
      await pause.wait(this.stopped.signal);
    }
  }

  /** Opens a stream again whenever it ends or fails. */
  private async follow<T>(signal: AbortSignal, open: () => AsyncIterable<T>, accept: (message: T, first: boolean) => void): Promise<void> {
    const pause = new Backoff(this.options.backoff.firstMs, this.options.backoff.mostMs);
    while (!signal.aborted) {
      try {
        let first = true;
        for await (const message of open()) {
          if (signal.aborted) return;
          pause.reset();
          accept(message, first);
          first = false;
        }
        if (!signal.aborted) this.options.onEvent('disconnected');
      } catch (error) {
        if (!signal.aborted) this.options.onEvent('disconnected', error);
      }
      await pause.wait(signal);
    }
  }

  /** False when the message contradicts what is known. */
  private acceptEntries({ entries, positions, caughtUp }: features.WatchCatalogueResponse, first: boolean): boolean {
    const { columns } = this.target;
    if (first && wentBack(this.positions, positions)) return false;
    const items = entries.map(catalogueItemOf).filter(({ id }) => id !== '');
    if (items.some((item) => contradicts(item, columns))) return false;
    const changed = columns.apply(items);
    this.positions = positions.slice();
    if (changed > 0) {
      this.target.catalogueRevision++;
      this.applyEarly();
    }
    this.catalogueCaughtUp ||= caughtUp;
    this.settle(changed > 0);
    return true;
  }

  private acceptStatistics({ ordinals, statistics, caughtUp }: features.WatchItemStatisticsResponse): void {
    const { columns } = this.target;
    const numbers = int32sOf(ordinals);
    const rows = float64sOf(statistics);
    columns.applyStatistics(numbers, rows);
    numbers.forEach((ordinal, i) => {
      if (columns.rowOf(ordinal) < 0) this.early.set(ordinal, rows.slice(i * ITEM_STATISTICS_WIDTH, (i + 1) * ITEM_STATISTICS_WIDTH));
    });
    if (numbers.length > 0) this.target.statisticsRevision++;
    this.statisticsCaughtUp ||= caughtUp;
    this.settle(numbers.length > 0);
  }

  private applyEarly(): void {
    const { columns } = this.target;
    for (const [ordinal, row] of this.early) {
      if (columns.rowOf(ordinal) < 0) continue;
      columns.applyStatistics(Int32Array.of(ordinal), row);
      this.target.statisticsRevision++;
      this.early.delete(ordinal);
    }
  }

  private settle(changed: boolean): void {
    const complete = this.catalogueCaughtUp && this.statisticsCaughtUp;
    const swapped = complete && this.rebuilding;
    if (swapped) this.view = this.target;
    const first = complete && !this.complete;
    this.complete ||= complete;
    if ((changed && !this.rebuilding) || swapped || first) this.options.onEvent('changed');
  }

  private startOver(): void {
    this.target = new MutableCatalogueView();
    if (this.view.columns.size === 0) this.view = this.target;
    this.positions = new Uint8Array(0);
    this.catalogueCaughtUp = false;
    this.statisticsCaughtUp = false;
    this.early.clear();
    this.options.onEvent('started-over');
  }
}

/** Whether a store that was asked to go on from `asked` answers an earlier position for any partition. */
function wentBack(asked: Uint8Array, answered: Uint8Array): boolean {
  if (asked.length === 0) return false;
  if (asked.length !== answered.length) return true;
  const before = float64sOf(asked);
  return float64sOf(answered).some((position, partition) => position < before[partition]!);
}

/** Whether an item has another's ordinal. */
function contradicts({ ordinal, id }: CatalogueItem, columns: ItemColumns): boolean {
  const row = columns.rowOf(ordinal);
  return row >= 0 && columns.id(row) !== id;
}
