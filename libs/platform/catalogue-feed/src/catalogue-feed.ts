import { ItemColumns } from '@serendip/shared-catalogue';
import type { Logger } from '@serendip/platform-logging';
import { join } from 'node:path';
import type { CatalogueSource } from './catalogue-source.js';
import { MutableCatalogueView, type CatalogueView } from './catalogue-view.js';
import { connect } from './connect.js';
import { LossNotice } from './loss-notice.js';
import { readSnapshot, writeSnapshot } from './snapshot-file.js';
import { TenantFeed, type FeedEvent } from './tenant-feed.js';

export interface CatalogueFeedOptions {
  /** The feature store: its address, or something that answers the two streams. */
  readonly source: { readonly target: string } | { readonly client: CatalogueSource };
  /** The tenants to follow; asked once a second and by `refresh`. */
  readonly tenants: () => readonly string[];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Where this process keeps its snapshots, no other process beside it; without it a restart begins with nothing. */
  readonly directory?: string;
  /** Least time between two snapshots of a tenant, default a minute. The first is written once it has caught up. */
  readonly snapshotEveryMs?: number;
  /** Wait after a lost stream, default 100 ms doubling to 2 s. */
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
}

interface Followed {
  readonly feed: TenantFeed;
  /** Whether a snapshot was there. */
  readonly fromSnapshot: boolean;
  connected: boolean;
  readonly notice: LossNotice;
  saved?: { readonly view: CatalogueView; readonly revision: number; readonly atMs: number };
}

const TICK_MS = 1000;
const DEFAULT_SNAPSHOT_MS = 60_000;
const DEFAULT_BACKOFF = { firstMs: 100, mostMs: 2000 };
const NOTHING = new ItemColumns();

const hasColumns = ({ feed, fromSnapshot }: Followed): boolean => fromSnapshot || feed.caughtUp;
const revisionOf = ({ catalogueRevision, statisticsRevision }: CatalogueView): number => catalogueRevision + statisticsRevision;

/**
 * Item columns of every tenant, kept up to date from the feature store. Never fails for a feature store that is away: the
 * columns stay as they were last known, across restarts too when there is a directory.
 */
export class CatalogueFeed {
  private readonly followed = new Map<string, Followed>();
  private readonly listeners = new Set<(tenant: string) => void>();
  private readonly timer: NodeJS.Timeout;
  private wasReady = false;
  private refreshing: Promise<void> = Promise.resolve();
  private saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: CatalogueFeedOptions,
    private readonly source: CatalogueSource,
    private readonly disconnect: () => void,
  ) {
    this.timer = setInterval(() => {
      void this.refresh();
      void this.save();
    }, TICK_MS).unref();
  }

  /** Loads the snapshots there are and begins to follow; doesn't wait for the feature store. */
  static async start(options: CatalogueFeedOptions): Promise<CatalogueFeed> {
    const { client, close } = 'client' in options.source ? { client: options.source.client, close: () => undefined } : connect(options.source.target);
    const feed = new CatalogueFeed(options, client, close);
    await feed.refresh();
    return feed;
  }

  /** The columns of a tenant as far as they are known, empty when it is not followed. They are replaced when the feature store starts over: ask again for each request. */
  columns(tenant: string): ItemColumns {
    return this.followed.get(tenant)?.feed.view.columns ?? NOTHING;
  }

  /** The columns of a tenant with their revisions; undefined while they are not complete: neither caught up nor from a snapshot. */
  view(tenant: string): CatalogueView | undefined {
    const followed = this.followed.get(tenant);
    return followed !== undefined && hasColumns(followed) ? followed.feed.view : undefined;
  }

  /** Names the columns of a tenant as they are now: the same name, the same columns, in all processes. Empty while they are not complete. */
  version(tenant: string): string {
    const view = this.view(tenant);
    return view === undefined ? '' : `${view.name}.${view.catalogueRevision}.${view.statisticsRevision}`;
  }

  /** Whether every tenant has received all that the feature store knew when it was reached. */
  get caughtUp(): boolean {
    return [...this.followed.values()].every(({ feed }) => feed.caughtUp);
  }

  /** Whether every tenant of the start has had columns to serve, from the feature store or a snapshot. Stays true. */
  get ready(): boolean {
    this.wasReady ||= [...this.followed.values()].every(hasColumns);
    return this.wasReady;
  }

  /** For readiness endpoints. */
  status(): { readonly name: 'catalogue'; readonly ready: boolean; readonly detail: string } {
    const tenants = [...this.followed].map(([tenant, { feed, connected }]) => `${tenant}: ${feed.view.columns.size} items, ${connected ? 'following' : 'last known'}`);
    return { name: 'catalogue', ready: this.ready, detail: tenants.join('; ') };
  }

  /** Calls the listener after a tenant's columns have changed; answers how to stop that. */
  onChange(listener: (tenant: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins to follow tenants that are new and forgets those that are gone. */
  refresh(): Promise<void> {
    return (this.refreshing = this.refreshing.then(() => this.followTenants()));
  }

  /** Ends the streams and writes last snapshots. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.refreshing;
    await Promise.all([...this.followed.values()].map(({ feed, notice }) => {
      notice.stop();
      return feed.stop();
    }));
    await this.save({ everything: true });
    this.disconnect();
  }

  private async followTenants(): Promise<void> {
    const wanted = new Set(this.options.tenants());
    for (const tenant of wanted) if (!this.followed.has(tenant)) await this.follow(tenant);
    for (const [tenant, { feed, notice }] of this.followed) {
      if (wanted.has(tenant)) continue;
      this.followed.delete(tenant);
      notice.stop();
      await feed.stop();
    }
  }

  private async follow(tenant: string): Promise<void> {
    const { source, options: { backoff = DEFAULT_BACKOFF } } = this;
    const loaded = await this.load(tenant);
    const feed = new TenantFeed({ tenant, source, backoff, onEvent: (event, error) => this.note(tenant, event, error) }, loaded);
    this.followed.set(tenant, { feed, fromSnapshot: loaded !== undefined, connected: false, notice: new LossNotice(tenant, this.options.logger) });
    feed.start();
  }

  private note(tenant: string, event: FeedEvent, error: unknown): void {
    const followed = this.followed.get(tenant);
    const { logger } = this.options;
    if (event === 'started-over') logger.warn({ tenant }, 'The feature store has started over: the catalogue is read again.');
    if (event === 'connected') followed?.notice.found();
    if (event === 'disconnected') followed?.notice.lost(error);
    if (followed !== undefined && (event === 'connected' || event === 'disconnected')) followed.connected = event === 'connected';
    if (event === 'changed') for (const listener of this.listeners) listener(tenant);
  }

  private pathOf(tenant: string): string | undefined {
    const { directory } = this.options;
    return directory === undefined ? undefined : join(directory, 'catalogue', `${encodeURIComponent(tenant)}.snapshot`);
  }

  private async load(tenant: string): Promise<{ view: MutableCatalogueView; positions: Uint8Array } | undefined> {
    const path = this.pathOf(tenant);
    if (path === undefined) return undefined;
    const view = new MutableCatalogueView();
    try {
      const positions = await readSnapshot(path, { tenant, columns: view.columns });
      return positions === undefined ? undefined : { view, positions };
    } catch (error) {
      this.options.logger.warn({ tenant, err: error }, 'The catalogue snapshot on disk is not usable.');
      return undefined;
    }
  }

  private save({ everything = false } = {}): Promise<void> {
    return (this.saving = this.saving.then(async () => {
      for (const [tenant, followed] of this.followed) await this.saveTenant(tenant, followed, everything);
    }));
  }

  private async saveTenant(tenant: string, followed: Followed, everything: boolean): Promise<void> {
    const { feed, saved } = followed;
    const path = this.pathOf(tenant);
    if (path === undefined || feed.rebuilding || !feed.caughtUp) return;
    const { view, positions } = feed;
    const revision = revisionOf(view);
    if (saved?.view === view && saved.revision === revision) return;
    if (!everything && saved !== undefined && Date.now() - saved.atMs < (this.options.snapshotEveryMs ?? DEFAULT_SNAPSHOT_MS)) return;
    followed.saved = { view, revision, atMs: Date.now() };
    try {
      await writeSnapshot(path, { tenant, positions, columns: view.columns });
    } catch (error) {
      this.options.logger.warn({ tenant, err: error }, 'The catalogue snapshot could not be written.');
    }
  }
}
