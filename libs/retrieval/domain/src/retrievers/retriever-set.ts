import type { CatalogueReader, CatalogueView } from '../catalogue/catalogue-view.js';
import type { Clock } from '../catalogue/derived.js';
import type { EncodingListener } from '../encoders/item-encoder.js';
import { BoundRetriever } from './bound-retriever.js';
import { FailedLoads } from './failed-loads.js';
import type { ItemEncoderSet } from './item-encoder-set.js';
import type { RetrieverModel } from './retriever-model.js';
import { referenceName, type ModelReference } from './model-reference.js';
import { turn } from './turn.js';
import { warmUp } from './warm-up.js';

/** Brings a retriever version from where bundles are kept. */
export abstract class RetrieverLoader {
  /** Rejects when the bundle is missing, damaged or not a retriever. */
  abstract load(reference: ModelReference): Promise<RetrieverModel>;
}

/** Called after each try to load a version. */
export type LoadListener = (reference: ModelReference, outcome: { readonly tookMs: number; readonly error?: unknown }) => void;

interface Loaded {
  readonly reference: ModelReference;
  readonly model: RetrieverModel;
  bound?: BoundRetriever;
  /** The bound's changes that are counted. */
  seen?: number;
  unwantedSinceMs?: number;
}

export interface RetrieverSetParts {
  readonly loader: RetrieverLoader;
  readonly catalogues: CatalogueReader;
  readonly clock: Clock;
  /** What gives items that a version does not know their vectors; without it these are means. */
  readonly encoders?: Pick<ItemEncoderSet, 'of' | 'upToDate'>;
  readonly onLoad?: LoadListener;
  readonly onEncode?: EncodingListener;
}

/** A version as it serves. */
export interface ListedRetriever {
  readonly reference: ModelReference;
  readonly items: number;
  readonly bytes: number;
  /** What searches it, and on what. */
  readonly runtime: string;
  readonly device: string;
  /** Items of the catalogue that it does not know: all, those whose vector comes from an encoder, and that encoder's name@version. */
  readonly newItems: { readonly count: number; readonly encoded: number; readonly encodedBy: string | undefined };
}

/** How long a version nobody's configuration names is kept for requests that still do. */
const GRACE_MS = 60_000;
/** How long a version that is loaded waits for vectors of new items: others, and other tenants', are loaded after it. What is left then is encoded while it serves. */
const ENCODING_MS = 10_000;

const keyOf = ({ tenant, ...reference }: { tenant: string; name: string; version: number }): string => `${tenant}\n${referenceName(reference)}`;

/**
 * The retriever versions that are loaded, several side by side. A version is used once it is loaded, bound to the catalogue
 * and warm; until then, and when it can't be loaded, an older one of its name goes on serving.
 */
export class RetrieverSet {
  private readonly loaded = new Map<string, Loaded>();
  private readonly failed: FailedLoads<ModelReference>;
  private wanted = new Map<string, ModelReference>();
  private updating: Promise<void> = Promise.resolve();
  private changed = 0;
  /** Those that have not taken in all of their catalogue, until they have. */
  private readonly behind = new Map<Loaded, Promise<void>>();

  constructor(private readonly parts: RetrieverSetParts) {
    this.failed = new FailedLoads(parts.clock);
  }

  /** Loads what is wanted and missing, one after the other, and forgets what is no longer wanted. Call it now and then too: it tries failed ones again. */
  update(wanted: readonly ModelReference[]): Promise<void> {
    this.wanted = new Map(wanted.map((reference) => [keyOf(reference), reference]));
    return (this.updating = this.updating.then(() => this.bringUpToDate()));
  }

  /** Whether every wanted version is loaded or has been tried. */
  get settled(): boolean {
    return [...this.wanted.keys()].every((key) => this.loaded.has(key) || this.failed.has(key));
  }

  /** The versions that are loaded. */
  list(): readonly ListedRetriever[] {
    return [...this.loaded.values()].map(({ reference, model, bound }) => {
      const { runtime, device } = model.searchedBy;
      const { count = 0, encoded = 0, encodedBy } = bound?.newItems ?? {};
      return { reference, items: model.size, bytes: bound?.bytes ?? model.bytes, runtime, device, newItems: { count, encoded, encodedBy } };
    });
  }

  /** The wanted versions that can't be loaded. */
  failures(): readonly { readonly reference: ModelReference; readonly error: unknown }[] {
    return this.failed.list();
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

  /** Forgets every version. */
  async close(): Promise<void> {
    this.wanted.clear();
    await this.updating;
    const entries = [...this.loaded.values()];
    this.loaded.clear();
    for (const { model } of entries) await model.close();
  }

  private standIn(tenant: string, asked: string): Loaded | undefined {
    const at = asked.lastIndexOf('@');
    const name = asked.slice(0, at);
    const version = Number(asked.slice(at + 1));
    const others = [...this.loaded.values()].filter(({ reference }) => reference.tenant === tenant && reference.name === name).sort((a, b) => b.reference.version - a.reference.version);
    return others.find(({ reference }) => reference.version < version) ?? others[0];
  }

  private bind(entry: Loaded, view: CatalogueView): BoundRetriever {
    const { encoders, clock, onEncode } = this.parts;
    if (entry.bound?.columns === view.columns) {
      entry.bound.refresh();
    } else {
      entry.bound?.encodeBy(undefined);
      entry.bound = new BoundRetriever(entry.model, view, { clock, onEncode });
      delete entry.seen;
    }
    entry.bound.encodeBy(encoders?.of(entry.reference, entry.model.dimension));
    this.count(entry);
    if (entry.bound.isBehind && !this.behind.has(entry)) this.behind.set(entry, this.catchUp(entry));
    return entry.bound;
  }

  /** Takes the rest of a large catalogue in bit by bit, between requests. */
  private async catchUp(entry: Loaded): Promise<void> {
    while (entry.bound!.isBehind) {
      await turn();
      entry.bound!.refresh();
      this.count(entry);
    }
    this.behind.delete(entry);
  }

  /** Counts a change if it has changed since it was last looked at. */
  private count(entry: Loaded): void {
    if (entry.bound!.changes === entry.seen) return;
    entry.seen = entry.bound!.changes;
    this.changed++;
  }

  private async bringUpToDate(): Promise<void> {
    for (const [key, reference] of this.wanted) await this.load(key, reference);
    this.failed.keep(this.wanted);
    for (const [key, entry] of this.loaded) {
      if (!this.isOver(key, entry)) continue;
      this.loaded.delete(key);
      this.changed++;
      entry.bound?.encodeBy(undefined);
      await entry.model.close();
    }
  }

  private async load(key: string, reference: ModelReference): Promise<void> {
    const { loader, catalogues, clock, encoders, onLoad } = this.parts;
    if (this.loaded.has(key) || !this.failed.mayTry(key)) return;
    const started = clock();
    try {
      const entry: Loaded = { reference, model: await loader.load(reference) };
      await encoders?.upToDate;
      const view = catalogues.view(reference.tenant);
      if (view !== undefined) {
        this.bind(entry, view);
        await this.behind.get(entry);
        await entry.bound!.encoded(clock() + ENCODING_MS);
        await warmUp(entry.bound!);
      }
      this.loaded.set(key, entry);
      this.changed++;
      this.failed.delete(key);
      onLoad?.(reference, { tookMs: clock() - started });
    } catch (error) {
      this.failed.add(key, reference, error);
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
