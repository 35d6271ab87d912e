import type { Clock } from '../catalogue/derived.js';
import type { ItemEncoder } from '../encoders/item-encoder.js';
import { FailedLoads } from './failed-loads.js';
import type { LoadListener } from './retriever-set.js';
import { referenceName, type ModelReference } from './model-reference.js';

/** Brings an item encoder from where bundles are kept. */
export abstract class ItemEncoderLoader {
  /** Rejects when the bundle is missing, damaged or not an item encoder. */
  abstract load(reference: ModelReference): Promise<ItemEncoder>;
}

export interface ItemEncoderSetParts {
  readonly loader: ItemEncoderLoader;
  readonly clock: Clock;
  readonly onLoad?: LoadListener;
  /** Called when other encoders are to be asked than before; encoders that are gone are closed after it. */
  readonly onChange?: () => void;
}

interface Loaded {
  readonly reference: ModelReference;
  readonly encoder: ItemEncoder;
  readonly loadedAtMs: number;
  /** How often in a row it had failed before it was loaded. */
  readonly failures: number;
}

/** Lost sooner than this after it was loaded, an encoder has failed: it loads, and ends at what it is asked. */
const PROVEN_MS = 60_000;

const keyOf = (reference: ModelReference): string => `${reference.tenant}\n${referenceName(reference)}`;

/** The item encoders that are loaded. Each is for one retriever version, whose digest it names. */
export class ItemEncoderSet {
  private readonly loaded = new Map<string, Loaded>();
  private readonly failed: FailedLoads<ModelReference>;
  /** By tenant and digest of the retriever. */
  private chosen = new Map<string, ItemEncoder>();
  private wanted = new Map<string, ModelReference>();
  private updating: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ItemEncoderSetParts) {
    this.failed = new FailedLoads(parts.clock);
  }

  /** Loads what is wanted and missing, and closes what is no longer wanted; of several for one retriever version the first one is asked. Call it now and then too: it tries failed ones again, and loads lost ones anew: at once, or like failed ones where they are lost within a minute. */
  update(wanted: readonly ModelReference[]): Promise<void> {
    this.wanted = new Map(wanted.map((reference) => [keyOf(reference), reference]));
    return (this.updating = this.updating.then(() => this.bringUpToDate()));
  }

  /** Once every version that is wanted by now is loaded or has been tried. */
  get upToDate(): Promise<void> {
    return this.updating;
  }

  /** Whether every wanted version is loaded or has been tried. */
  get settled(): boolean {
    return [...this.wanted.keys()].every((key) => this.loaded.has(key) || this.failed.has(key));
  }

  /** What encodes items for a retriever version; undefined when nothing does. */
  of({ tenant, digest }: Pick<ModelReference, 'tenant' | 'digest'>, dimension: number): ItemEncoder | undefined {
    const encoder = this.chosen.get(`${tenant}\n${digest}`);
    return encoder?.dimension === dimension ? encoder : undefined;
  }

  /** The versions that are loaded. */
  list(): readonly { readonly reference: ModelReference; readonly encoder: Pick<ItemEncoder, 'retriever' | 'dimension'> }[] {
    return [...this.loaded.values()];
  }

  /** The wanted versions that can't be loaded. */
  failures(): readonly { readonly reference: ModelReference; readonly error: unknown }[] {
    return this.failed.list();
  }

  /** Forgets every version. */
  async close(): Promise<void> {
    await this.update([]);
  }

  private async bringUpToDate(): Promise<void> {
    const gone = [...this.loaded].filter(([key, { encoder }]) => encoder.isLost || !this.wanted.has(key));
    for (const [key, entry] of gone) this.drop(key, entry);
    for (const [key, reference] of this.wanted) await this.load(key, reference);
    this.failed.keep(this.wanted);
    if (this.choose()) this.parts.onChange?.();
    for (const [, { encoder }] of gone) await encoder.close().catch(() => undefined);
  }

  private drop(key: string, { reference, encoder, loadedAtMs, failures }: Loaded): void {
    const { clock, onLoad } = this.parts;
    this.loaded.delete(key);
    const livedMs = clock() - loadedAtMs;
    if (!encoder.isLost || livedMs >= PROVEN_MS) return;
    const error = new Error(`it ended ${(livedMs / 1000).toFixed(1)} s after it was loaded, at what it was asked`);
    this.failed.add(key, reference, error, failures);
    onLoad?.(reference, { tookMs: 0, error });
  }

  private async load(key: string, reference: ModelReference): Promise<void> {
    const { loader, clock, onLoad } = this.parts;
    if (this.loaded.has(key) || !this.failed.mayTry(key)) return;
    const started = clock();
    try {
      const encoder = await loader.load(reference);
      this.loaded.set(key, { reference, encoder, loadedAtMs: clock(), failures: this.failed.tries(key) });
      this.failed.delete(key);
      onLoad?.(reference, { tookMs: clock() - started });
    } catch (error) {
      this.failed.add(key, reference, error);
      onLoad?.(reference, { tookMs: clock() - started, error });
    }
  }

  /** Answers whether another one is asked than before. */
  private choose(): boolean {
    const before = this.chosen;
    this.chosen = new Map();
    for (const [key, { tenant }] of this.wanted) {
      const encoder = this.loaded.get(key)?.encoder;
      const place = `${tenant}\n${encoder?.retriever.digest}`;
      if (encoder !== undefined && !this.chosen.has(place)) this.chosen.set(place, encoder);
    }
    return before.size !== this.chosen.size || [...this.chosen].some(([place, encoder]) => before.get(place) !== encoder);
  }
}
