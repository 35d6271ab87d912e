import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Clock } from '../catalogue/derived.js';
import type { EncodingListener, ItemEncoder } from '../encoders/item-encoder.js';
import type { RowVectors } from '../vectors/row-vectors.js';
import type { CategoryMeans } from './category-means.js';
import { retryDelayMs } from './retry-delay.js';

export interface NewItemsParts {
  readonly columns: ItemColumns;
  readonly means: CategoryMeans;
  /** Where vectors are written to. */
  readonly vectors: RowVectors;
  readonly dimension: number;
  /** The bias of each. */
  readonly bias: number;
  readonly clock: Clock;
  readonly onEncode?: EncodingListener | undefined;
}

/** Items that an encoder is asked about at once; checks of encoders say how long as many take. */
const BATCH = 32;
/** Of a vector that an encoder has given; means have names from 0. */
const ENCODED = -1;
const NOT_ASKED = -1;

/**
 * Rows that a retriever version does not know. Each has the vector that an encoder gives for it, and the mean of the known items of its narrowest category (zeros when there are none) until there is one: an
 * encoder is asked beside requests, some items at a time, again when an item changes, and after a while when it has failed.
 */
export class NewItems {
  private readonly rows: number[] = [];
  /** What the vector of each was made of: the name of a mean, or ENCODED. */
  private readonly writtenFrom: number[] = [];
  /** The item's version that the encoder was asked about. */
  private readonly askedOf: number[] = [];
  private encodedCount = 0;
  private readonly vector: Float32Array;
  private encoder: ItemEncoder | undefined;
  private asking: Promise<void> | undefined;
  private batch: Promise<boolean> | undefined;
  /** Places before it have been asked about, or need not be. */
  private next = 0;
  /** Places that an encoder has failed with: asked about again after all others, and each alone, so that one that it can't bear keeps no other from its vector. */
  private readonly failed = new Set<number>();
  private failures = 0;
  private againAtMs = -Infinity;
  /** How often an encoder has changed vectors. */
  changes = 0;

  constructor(private readonly parts: NewItemsParts) {
    this.vector = new Float32Array(parts.dimension);
  }

  get count(): number {
    return this.rows.length;
  }

  /** How many have their vector from an encoder. */
  get encoded(): number {
    return this.encodedCount;
  }

  /** name@version of what encodes them. */
  get encodedBy(): string | undefined {
    return this.encoder?.reference;
  }

  add(row: number): void {
    this.askedOf.push(NOT_ASKED);
    this.writeMean(this.rows.push(row) - 1);
  }

  /** Writes means that have moved, and sees to items that have changed. */
  refresh(): void {
    this.writtenFrom.forEach((from, place) => {
      if (from !== ENCODED) this.writeMean(place);
    });
    this.next = 0;
  }

  /** From now on this encoder is asked; vectors of another one stay until it has answered, and give way to means where there is none. */
  encodeBy(encoder: ItemEncoder | undefined): void {
    if (this.encoder === encoder) return;
    this.encoder = encoder;
    this.askedOf.fill(NOT_ASKED);
    this.next = 0;
    this.failed.clear();
    this.failures = 0;
    this.againAtMs = -Infinity;
    if (encoder !== undefined) return;
    this.writtenFrom.forEach((_, place) => this.writeMean(place));
    this.changes++;
  }

  /** Asks about what is left to be asked about, unless that goes on already or has just failed. */
  ask(): void {
    const { encoder, parts: { clock } } = this;
    const isDone = this.next === this.rows.length && this.failed.size === 0;
    if (encoder === undefined || this.asking !== undefined || isDone || clock() < this.againAtMs) return;
    this.asking = this.askFor(encoder).finally(() => {
      this.asking = undefined;
      if (this.encoder !== encoder) this.ask();
    });
  }

  /** Once the encoder has been asked about every item, or has failed, or at the end of what it is asked at a time of the clock. */
  async settled(untilMs = Infinity): Promise<void> {
    while (this.asking !== undefined && this.parts.clock() < untilMs) await this.batch;
  }

  private async askFor(encoder: ItemEncoder): Promise<void> {
    for (let places = this.take(); places.length > 0; places = this.take()) {
      this.batch = this.encode(encoder, places);
      if (!(await this.batch)) return;
    }
  }

  /** Answers whether it may be asked on. */
  private async encode(encoder: ItemEncoder, places: readonly number[]): Promise<boolean> {
    const { columns, clock, onEncode, dimension } = this.parts;
    const began = clock();
    const asked = { encoder: encoder.reference, items: places.length };
    try {
      const vectors = await encoder.encode(columns, Int32Array.from(places, (place) => this.rows[place]!));
      if (this.encoder !== encoder) return false;
      const failed = places.filter((place, i) => !this.accept(place, vectors.subarray(i * dimension, (i + 1) * dimension))).length;
      this.changes++;
      this.failures = 0;
      onEncode?.({ ...asked, failed, tookMs: clock() - began });
      return true;
    } catch (error) {
      if (this.encoder !== encoder) return false;
      for (const place of places) this.failed.add(place);
      this.againAtMs = clock() + retryDelayMs(++this.failures);
      onEncode?.({ ...asked, failed: places.length, tookMs: clock() - began, error });
      return false;
    }
  }

  /** The next places to ask about, marked as asked; after all of them those that failed, one at a time. */
  private take(): readonly number[] {
    const { columns } = this.parts;
    const places: number[] = [];
    while (places.length < BATCH && this.next < this.rows.length) {
      const place = this.next++;
      const row = this.rows[place]!;
      if (columns.live[row] !== 0 && this.askedOf[place] !== columns.version[row] && !this.failed.has(place)) places.push(place);
    }
    const [failed] = this.failed;
    if (places.length === 0 && failed !== undefined) places.push(failed);
    for (const place of places) {
      this.askedOf[place] = columns.version[this.rows[place]!]!;
      this.failed.delete(place);
    }
    return places;
  }

  /** Answers whether the vector is used. */
  private accept(place: number, vector: Float32Array): boolean {
    const { vectors, bias } = this.parts;
    if (!vector.every(Number.isFinite)) {
      this.writeMean(place);
      return false;
    }
    vectors.write(this.rows[place]!, vector, bias);
    if (this.writtenFrom[place] !== ENCODED) this.encodedCount++;
    this.writtenFrom[place] = ENCODED;
    return true;
  }

  /** Writes the mean of a place unless it is as it was. */
  private writeMean(place: number): void {
    const { means, columns, vectors, bias } = this.parts;
    const row = this.rows[place]!;
    const from = means.write(columns.categoriesOf(row), this.vector, this.writtenFrom[place]);
    if (from === this.writtenFrom[place]) return;
    if (this.writtenFrom[place] === ENCODED) this.encodedCount--;
    this.writtenFrom[place] = from;
    vectors.write(row, this.vector, bias);
  }
}
