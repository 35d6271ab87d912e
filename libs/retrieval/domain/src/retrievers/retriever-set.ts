import type { CatalogueReader, CatalogueView } from '../catalogue/catalogue-view.js';
import type { Clock } from '../catalogue/derived.js';
import { BoundRetriever } from './bound-retriever.js';
import type { RetrieverModel } from './retriever-model.js';
import { referenceName, type RetrieverReference } from './retriever-reference.js';
import { warmUp } from './warm-up.js';

/** Brings a retriever version from where bundles are kept. */
export abstract class RetrieverLoader {
  /** Rejects when the bundle is missing, damaged or not a retriever. */
  abstract load(reference: RetrieverReference): Promise<RetrieverModel>;
}

/** Called after each try to load a version. */
export type LoadListener = (reference: RetrieverReference, outcome: { readonly tookMs: number; readonly error?: unknown }) => void;

interface Loaded {
  readonly reference: RetrieverReference;
  readonly model: RetrieverModel;
  bound?: BoundRetriever;
  unwantedSinceMs?: number;
}

interface Failed {
  readonly reference: RetrieverReference;
  readonly error: unknown;
  readonly tries: number;
  readonly againAtMs: number;
}

const FIRST_RETRY_MS = 1000;
const MOST_RETRY_MS = 60_000;
/** How long a version nobody's configuration names is kept for requests that still do. */
const GRACE_MS = 60_000;

const keyOf = ({ tenant, ...reference }: { tenant: string; name: string; version: number }): string => `${tenant}\n${referenceName(reference)}`;

/**
 * The retriever versions that are loaded, several side by side. A version is used once it is loaded, bound to the catalogue
 * and warm; until then, and when it can't be loaded, an older one of its name goes on serving.
 */
export class RetrieverSet {
  private readonly loaded = new Map<string, Loaded>();
  private readonly failed = new Map<string, Failed>();
  private wanted = new Map<string, RetrieverReference>();
  private updating: Promise<void> = Promise.resolve();
  private changed = 0;

  constructor(private readonly parts: { readonly loader: RetrieverLoader; readonly catalogues: CatalogueReader; readonly clock: Clock; readonly onLoad?: LoadListener }) {}

  /** Loads what is wanted and missing, one after the other, and forgets what is no longer wanted. Call it now and then too: it tries failed ones again. */
  update(wanted: readonly RetrieverReference[]): Promise<void> {
    this.wanted = new Map(wanted.map((reference) => [keyOf(reference), reference]));
    return (this.updating = this.updating.then(() => this.bringUpToDate()));
  }

  /** Whether every wanted version is loaded or has been tried. */
  get settled(): boolean {
    return [...this.wanted.keys()].every((key) => this.loaded.has(key) || this.failed.has(key));
  }

  /** The versions that are loaded. */
  list(): readonly { readonly reference: RetrieverReference; readonly items: number; readonly bytes: number }[] {
    return [...this.loaded.values()].map(({ reference, model, bound }) => ({ reference, items: model.size, bytes: bound?.bytes ?? model.bytes }));
  }

  /** The wanted versions that can't be loaded. */
  failures(): readonly { readonly reference: RetrieverReference; readonly error: unknown }[] {
    return [...this.failed.values()].map(({ reference, error }) => ({ reference, error }));
  }

  /** The version `name@version`, or the newest older one of its name, or the newest; undefined when there is none. */
  find(tenant: string, name: string, view: CatalogueView): BoundRetriever | undefined {
    if (name === '') return undefined;
    const entry = this.loaded.get(`${tenant}\n${name}`) ?? this.standIn(tenant, name);
    return entry === undefined ? undefined : this.bind(entry, view);
  }

  /** How often the versions, or what they know of the catalogue, have changed; takes in what is new in this tenant's first. */
  changes(tenant: string, view: CatalogueView): number {
    this.refresh(tenant, view);
    return this.changed;
  }

  /** Ties every loaded version of a tenant to its catalogue as it is now, so that no request has to. */
  refresh(tenant: string, view: CatalogueView): void {
    for (const entry of this.loaded.values()) if (entry.reference.tenant === tenant) this.bind(entry, view);
  }

  private standIn(tenant: string, asked: string): Loaded | undefined {
    const at = asked.lastIndexOf('@');
    const name = asked.slice(0, at);
    const version = Number(asked.slice(at + 1));
    const others = [...this.loaded.values()].filter(({ reference }) => reference.tenant === tenant && reference.name === name).sort((a, b) => b.reference.version - a.reference.version);
    return others.find(({ reference }) => reference.version < version) ?? others[0];
  }

  private bind(entry: Loaded, view: CatalogueView): BoundRetriever {
    const before = entry.bound?.columns === view.columns ? entry.bound : undefined;
    const changes = before?.changes;
    before?.refresh();
    entry.bound = before ?? new BoundRetriever(entry.model, view, this.parts.clock);
    if (entry.bound.changes !== changes) this.changed++;
    return entry.bound;
  }

  private async bringUpToDate(): Promise<void> {
    for (const [key, reference] of this.wanted) await this.load(key, reference);
    for (const key of this.failed.keys()) if (!this.wanted.has(key)) this.failed.delete(key);
    for (const [key, entry] of this.loaded) {
      if (!this.isOver(key, entry)) continue;
      this.loaded.delete(key);
      this.changed++;
    }
  }

  private async load(key: string, reference: RetrieverReference): Promise<void> {
    const { loader, catalogues, clock, onLoad } = this.parts;
    const failure = this.failed.get(key);
    const started = clock();
    if (this.loaded.has(key) || (failure !== undefined && started < failure.againAtMs)) return;
    try {
      const entry: Loaded = { reference, model: await loader.load(reference) };
      const view = catalogues.view(reference.tenant);
      if (view !== undefined) warmUp(this.bind(entry, view));
      this.loaded.set(key, entry);
      this.changed++;
      this.failed.delete(key);
      onLoad?.(reference, { tookMs: clock() - started });
    } catch (error) {
      const tries = (failure?.tries ?? 0) + 1;
      const againAtMs = clock() + Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
      this.failed.set(key, { reference, error, tries, againAtMs });
      onLoad?.(reference, { tookMs: clock() - started, error });
    }
  }

  /** Whether a version can go: unwanted for long enough, and nothing wanted of its name is missing. */
  private isOver(key: string, entry: Loaded): boolean {
    if (this.wanted.has(key)) {
      delete entry.unwantedSinceMs;
      return false;
    }
    entry.unwantedSinceMs ??= this.parts.clock();
    const { tenant, name } = entry.reference;
    const missing = [...this.wanted].some(([other, reference]) => reference.tenant === tenant && reference.name === name && !this.loaded.has(other));
    return !missing && this.parts.clock() - entry.unwantedSinceMs >= GRACE_MS;
  }
}
