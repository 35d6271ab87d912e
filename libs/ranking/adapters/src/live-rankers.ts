import { liveModels } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import type { Ranker } from '@serendip/ranking-domain';
import { control } from '@serendip/shared-contracts';

export interface LiveRankersOptions {
  readonly load: (tenant: string, model: control.ModelVersion) => Promise<Ranker>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** How long a version that nothing points at any more is kept for requests that began before, milliseconds. */
  readonly graceMs: number;
}

export interface LoadedRanker {
  readonly tenant: string;
  readonly ranker: Ranker;
}

const RETRY_MS = 5000;

/**
 * The ranker versions that configuration points at, loaded before they are asked for. A version that can't be loaded is
 * reported and tried again; the others go on serving, and an old one stays until what replaces it is there.
 */
export class LiveRankers {
  private readonly loaded = new Map<string, LoadedRanker>();
  private readonly failures = new Map<string, string>();
  private wanted = new Set<string>();
  private working: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: LiveRankersOptions) {}

  get(tenant: string, name: string): Ranker | undefined {
    return this.loaded.get(`${tenant}/${name}`)?.ranker;
  }

  get all(): readonly LoadedRanker[] {
    return [...this.loaded.values()];
  }

  /** What can't be loaded and why, by tenant/name@version. */
  get failed(): ReadonlyMap<string, string> {
    return this.failures;
  }

  /** Loads what is new and forgets what is no longer pointed at; resolves when that is done. */
  follow(snapshot: control.ConfigSnapshot): Promise<void> {
    clearTimeout(this.retry);
    return (this.working = this.working.then(() => this.update(snapshot)));
  }

  async close(): Promise<void> {
    clearTimeout(this.retry);
    await this.working;
    await Promise.all(this.all.map(({ ranker }) => ranker.close()));
  }

  private async update(snapshot: control.ConfigSnapshot): Promise<void> {
    const live = snapshot.tenants.flatMap((tenant) => liveModels(tenant, control.ModelKind.RANKER).map((model) => ({ tenant: tenant.id, model })));
    this.wanted = new Set(live.map(({ tenant, model }) => `${tenant}/${model.name}@${model.version}`));
    for (const { tenant, model } of live) await this.load(tenant, model);
    for (const key of this.failures.keys()) if (!this.wanted.has(key)) this.failures.delete(key);
    for (const key of this.loaded.keys()) if (!this.wanted.has(key)) this.forget(key);
    if (this.failures.size > 0) this.retry = setTimeout(() => void this.follow(snapshot), RETRY_MS).unref();
  }

  private async load(tenant: string, model: control.ModelVersion): Promise<void> {
    const key = `${tenant}/${model.name}@${model.version}`;
    if (this.loaded.has(key)) return;
    const { load, logger } = this.options;
    try {
      const ranker = await load(tenant, model);
      this.loaded.set(key, { tenant, ranker });
      this.failures.delete(key);
      logger.info({ tenant, ranker: ranker.spec.name, device: ranker.device }, 'A ranker is loaded and warm.');
    } catch (error) {
      this.failures.set(key, error instanceof Error ? error.message : String(error));
      logger.warn({ tenant, model: key, err: error }, 'A ranker could not be loaded; the others go on.');
    }
  }

  private forget(key: string): void {
    setTimeout(() => {
      const entry = this.loaded.get(key);
      if (entry === undefined || this.wanted.has(key)) return;
      this.loaded.delete(key);
      void entry.ranker.close();
    }, this.options.graceMs).unref();
  }
}
