import { liveModels } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import type { Ranker } from '@serendip/ranking-domain';
import { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

export interface LiveRankersOptions {
  /** Loads a version; calls `reserve` with the bytes that it takes before it takes them. */
  readonly load: (tenant: string, model: control.ModelVersion, reserve: (bytes: number) => void) => Promise<Ranker>;
  /** Bytes that all versions together may take. */
  readonly budgetBytes: number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** How long a version that nothing points at any more is kept for requests that began before, milliseconds. */
  readonly graceMs: number;
}

export interface LoadedRanker {
  readonly tenant: string;
  readonly ranker: Ranker;
}

/** How long until what could not be loaded is tried again: the first time, twice as long each time after it, and at most. */
const RETRY_MS = { first: 5_000, most: 300_000 };

const keyOf = (tenant: string, { name, version }: control.ModelVersion): string => `${tenant}/${name}@${version}`;
const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

/**
 * The ranker versions that configuration points at. Until a version is loaded and has been tried, the newest loaded one of its model stands in for it; that one is kept for as long.
 * A version that can't be loaded is reported and tried again, ever less often until configuration changes; the others go on.
 */
export class LiveRankers {
  private readonly loaded = new Map<string, LoadedRanker>();
  private readonly failures = new Map<string, string>();
  private wanted = new Set<string>();
  private working: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private retries = 0;

  constructor(private readonly options: LiveRankersOptions) {}

  /** The version with this name@version, or what stands in for one that configuration points at. */
  get(tenant: string, name: string): Ranker | undefined {
    const key = `${tenant}/${name}`;
    const exact = this.loaded.get(key)?.ranker;
    return exact ?? (this.wanted.has(key) ? this.standInFor(key)?.ranker : undefined);
  }

  /** Bytes of what is loaded, by its files. */
  get bytes(): number {
    return this.all.reduce((sum, { ranker }) => sum + ranker.spec.bytes, 0);
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
    this.retries = 0;
    return this.begin(snapshot);
  }

  async close(): Promise<void> {
    await this.working;
    clearTimeout(this.retry);
    const { all } = this;
    this.loaded.clear();
    await Promise.all(all.map(({ ranker }) => ranker.close()));
  }

  private begin(snapshot: control.ConfigSnapshot): Promise<void> {
    return (this.working = this.working.then(() => this.update(snapshot)));
  }

  private async update(snapshot: control.ConfigSnapshot): Promise<void> {
    clearTimeout(this.retry);
    const live = snapshot.tenants.flatMap((tenant) => liveModels(tenant, control.ModelKind.RANKER).map((model) => ({ tenant: tenant.id, model })));
    this.wanted = new Set(live.map(({ tenant, model }) => keyOf(tenant, model)));
    for (const { tenant, model } of live) await this.load(tenant, model);
    for (const key of this.failures.keys()) if (!this.wanted.has(key)) this.failures.delete(key);
    for (const key of this.loaded.keys()) if (!this.isNeeded(key)) this.forget(key);
    if (this.failures.size > 0) this.retry = setTimeout(() => void this.begin(snapshot), Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.retries++)).unref();
  }

  private async load(tenant: string, model: control.ModelVersion): Promise<void> {
    const key = keyOf(tenant, model);
    if (this.loaded.has(key)) return;
    const { load, logger } = this.options;
    try {
      const ranker = await load(tenant, model, (bytes) => this.reserve(key, bytes));
      this.loaded.set(key, { tenant, ranker });
      this.failures.delete(key);
      logger.info({ tenant, ranker: ranker.spec.name, device: ranker.device }, 'A ranker is loaded and warm.');
    } catch (error) {
      this.failures.set(key, error instanceof Error ? error.message : String(error));
      logger.warn({ tenant, model: key, err: error }, 'A ranker could not be loaded; the others go on, and an older version of it stands in.');
    }
  }

  /** Throws RESOURCE_EXHAUSTED/MEMORY_BUDGET. */
  private reserve(key: string, bytes: number): void {
    const { budgetBytes } = this.options;
    if (this.bytes + bytes <= budgetBytes) return;
    const loaded = [...this.loaded].map(([name, { ranker }]) => `${name} ${mebibytes(ranker.spec.bytes)}`).join(', ') || 'nothing';
    throw new DomainError('RESOURCE_EXHAUSTED', 'MEMORY_BUDGET', `${key} takes ${mebibytes(bytes)} MiB, and of ${mebibytes(budgetBytes)} there are ${mebibytes(budgetBytes - this.bytes)} left (loaded, in MiB: ${loaded}). Point at fewer versions, or raise SERENDIP_RANKER_MEMORY_MIB.`);
  }

  /** Whether configuration points at a version, or it stands in for one. */
  private isNeeded(key: string): boolean {
    if (this.wanted.has(key)) return true;
    return [...this.wanted].some((wanted) => !this.loaded.has(wanted) && this.standInFor(wanted) === this.loaded.get(key));
  }

  private standInFor(key: string): LoadedRanker | undefined {
    const model = key.slice(0, key.lastIndexOf('@') + 1);
    const versionOf = (other: string): number => Number(other.slice(model.length));
    const newest = [...this.loaded.keys()].filter((other) => other.startsWith(model)).sort((a, b) => versionOf(b) - versionOf(a))[0];
    return newest === undefined ? undefined : this.loaded.get(newest);
  }

  private forget(key: string): void {
    setTimeout(() => {
      const entry = this.loaded.get(key);
      if (entry === undefined || this.isNeeded(key)) return;
      this.loaded.delete(key);
      void entry.ranker.close();
    }, this.options.graceMs).unref();
  }
}
