import { HashTable64, hash64 } from '@serendip/shared-identity';
import { ITEM_STATISTICS_WIDTH, emptyStatistics, statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';
import { AttributeCensus, type AttributeType } from './attribute-census.js';
import type { AttributeValue, CatalogueItem } from './catalogue-item.js';
import { Interner } from './interner.js';
import { ITEM_RECORD } from './item-record.js';
import { PackedLists } from './packed-lists.js';

const NONE = new Int32Array(0);
const NO_ATTRIBUTES: Readonly<Record<string, AttributeValue>> = {};
const TAG = 'tag=';
const emptyRow = emptyStatistics();

function grown<T extends { set(source: T): void }>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

function textsOf({ attributes }: CatalogueItem): readonly string[] {
  return Object.entries(attributes).filter(([, value]) => typeof value === 'string').map(([name, value]) => `${name}=${String(value)}`);
}

/**
 * The catalogue of one tenant as growable columns. Rows are dense from 0 in the order items became known and never move;
 * a deleted item keeps its row. Reading a column by row costs nothing; columns are replaced when they grow, so don't keep one
 * over an `await`.
 */
export class ItemColumns {
  private rows = 0;
  private rowOfOrdinalColumn = new Int32Array(1024).fill(-1);
  private readonly rowOfHash = new HashTable64();
  private readonly ids: string[] = [];
  private readonly titles: string[] = [];
  private readonly categoryLists: Int32Array[] = [];
  private readonly attributeLists: Readonly<Record<string, AttributeValue>>[] = [];
  /** Tags first. */
  private readonly labelLists: Int32Array[] = [];
  /** The same lists, category and label numbers, for loops over many rows; records say where. */
  private readonly packed = new PackedLists();
  private tagCounts = new Uint16Array(1024);
  private readonly labelOfTag = new Map<string, number>();
  private readonly census = new AttributeCensus();
  /** Names of category numbers. */
  readonly categories = new Interner();
  /** Names of label numbers: `tag=<tag>` and `<attribute>=<text>`. */
  readonly labels = new Interner();

  ordinal = new Int32Array(1024);
  version = new Uint32Array(1024);
  /** 1 while the item exists and is available. */
  live = new Uint8Array(1024);
  /** NaN when unknown. Of double precision, because expressions compare it with what people write. */
  price = new Float64Array(1024);
  publishedAtMs = new Float64Array(1024);
  expiresAtMs = new Float64Array(1024);
  /** Of each row what features are made of, side by side, for loops over rows from all over the catalogue: as ITEM_RECORD says, the statistics first. */
  records = new Float64Array(1024 * ITEM_RECORD.width);

  /** Rows, deleted items included. */
  get size(): number {
    return this.rows;
  }

  /** Row of an ordinal, or -1. */
  rowOf(ordinal: number): number {
    return this.rowOfOrdinalColumn[ordinal] ?? -1;
  }

  /** Row of an item by the hash of its id, or -1. */
  rowOfHashed(lo: number, hi: number): number {
    return this.rowOfHash.get(lo, hi);
  }

  /** Row of an item by its id, or -1. */
  rowOfId(id: string): number {
    const { lo, hi } = hash64(id);
    return this.rowOfHash.get(lo, hi);
  }

  id(row: number): string {
    return this.ids[row] ?? '';
  }

  title(row: number): string {
    return this.titles[row] ?? '';
  }

  /** Category numbers of a row, the item's order. */
  categoriesOf(row: number): Int32Array {
    return this.categoryLists[row] ?? NONE;
  }

  /** Label numbers of a row: its tags, the item's order, then the text attributes it has. */
  labelsOf(row: number): Int32Array {
    return this.labelLists[row] ?? NONE;
  }

  tagCount(row: number): number {
    return this.tagCounts[row]!;
  }

  /** A tag of a row by its place, from 0; undefined past the last. */
  tag(row: number, place: number): string | undefined {
    return place < this.tagCounts[row]! ? this.labels.name(this.labelsOf(row)[place]!).slice(TAG.length) : undefined;
  }

  hasTag(row: number, tag: string): boolean {
    const label = this.labelOfTag.get(tag);
    if (label === undefined) return false;
    const labels = this.labelsOf(row);
    for (let i = this.tagCounts[row]! - 1; i >= 0; i--) if (labels[i] === label) return true;
    return false;
  }

  attributesOf(row: number): Readonly<Record<string, AttributeValue>> {
    return this.attributeLists[row] ?? NO_ATTRIBUTES;
  }

  /** The types of the attributes that items have, by name; the same object until it is another answer. */
  attributeTypes(): Readonly<Record<string, AttributeType>> {
    return this.census.types();
  }

  /** Category and label numbers of all rows; for each: how many categories and labels it has, the category numbers, then the label numbers. */
  get numbers(): Int32Array {
    return this.packed.numbers;
  }

  /** A statistic of a row as it is stored; see ITEM_STATISTICS for its form. */
  statistic(row: number, name: ItemStatistic): number {
    return this.records[row * ITEM_RECORD.width + statisticColumn(name)]!;
  }

  /** Copies the statistics of the rows in [from, to): row-major, ITEM_STATISTICS_WIDTH for each. */
  statisticsOf(from: number, to: number): Float64Array {
    const statistics = new Float64Array((to - from) * ITEM_STATISTICS_WIDTH);
    for (let row = from; row < to; row++) {
      const at = row * ITEM_RECORD.width;
      statistics.set(this.records.subarray(at, at + ITEM_STATISTICS_WIDTH), (row - from) * ITEM_STATISTICS_WIDTH);
    }
    return statistics;
  }

  /** Whether an item may be shown: it exists, is available, published and not expired. */
  eligible(row: number, nowMs: number): boolean {
    return this.live[row] === 1 && this.publishedAtMs[row]! <= nowMs && nowMs < this.expiresAtMs[row]!;
  }

  /** Adds or replaces items; a version at or before the known one changes nothing. Answers how many changed. */
  apply(items: readonly CatalogueItem[]): number {
    let changed = 0;
    for (const item of items) {
      const known = this.rowOf(item.ordinal);
      if (known >= 0 && this.version[known]! >= item.version) continue;
      this.write(known >= 0 ? known : this.addRow(item), item);
      changed++;
    }
    return changed;
  }

  /** Replaces the statistics of items: `statistics` holds a row for each ordinal. Unknown ordinals are passed over. */
  applyStatistics(ordinals: Int32Array, statistics: Float64Array): void {
    ordinals.forEach((ordinal, i) => {
      const row = this.rowOf(ordinal);
      if (row < 0) return;
      const at = i * ITEM_STATISTICS_WIDTH;
      this.records.set(statistics.subarray(at, at + ITEM_STATISTICS_WIDTH), row * ITEM_RECORD.width);
    });
  }

  private addRow({ ordinal, id }: CatalogueItem): number {
    const row = this.rows++;
    if (row >= this.ordinal.length) this.growRows();
    if (ordinal >= this.rowOfOrdinalColumn.length) {
      const larger = new Int32Array(Math.max(ordinal + 1, this.rowOfOrdinalColumn.length * 2)).fill(-1);
      this.rowOfOrdinalColumn = grown(this.rowOfOrdinalColumn, larger);
    }
    this.rowOfOrdinalColumn[ordinal] = row;
    this.rowOfHash.set(hash64(id), row);
    this.ids[row] = id;
    this.ordinal[row] = ordinal;
    this.records.set(emptyRow, row * ITEM_RECORD.width);
    return row;
  }

  private write(row: number, item: CatalogueItem): void {
    this.titles[row] = item.title;
    this.categoryLists[row] = Int32Array.from(item.categories, (name) => this.categories.intern(name));
    this.census.replace(this.attributesOf(row), item.attributes);
    this.attributeLists[row] = item.attributes;
    this.labelLists[row] = Int32Array.of(...item.tags.map((tag) => this.internTag(tag)), ...textsOf(item).map((text) => this.labels.intern(text)));
    this.writeRecord(row, item);
    this.tagCounts[row] = item.tags.length;
    this.version[row] = item.version;
    this.live[row] = item.available && !item.deleted ? 1 : 0;
    this.price[row] = item.price;
    this.publishedAtMs[row] = item.publishedAtMs;
    this.expiresAtMs[row] = item.expiresAtMs;
  }

  private writeRecord(row: number, { price, publishedAtMs }: CatalogueItem): void {
    const { records, packed } = this;
    const at = row * ITEM_RECORD.width;
    records[at + ITEM_RECORD.price] = price;
    records[at + ITEM_RECORD.publishedAtMs] = publishedAtMs;
    records[at + ITEM_RECORD.numbersAt] = packed.write(records[at + ITEM_RECORD.numbersAt]!, this.categoryLists[row]!, this.labelLists[row]!);
    if (packed.isSparse) packed.pack(records, ITEM_RECORD.numbersAt, ITEM_RECORD.width);
  }

  private internTag(tag: string): number {
    const label = this.labels.intern(`${TAG}${tag}`);
    this.labelOfTag.set(tag, label);
    return label;
  }

  private growRows(): void {
    const length = this.ordinal.length * 2;
    this.tagCounts = grown(this.tagCounts, new Uint16Array(length));
    this.ordinal = grown(this.ordinal, new Int32Array(length));
    this.version = grown(this.version, new Uint32Array(length));
    this.live = grown(this.live, new Uint8Array(length));
    this.price = grown(this.price, new Float64Array(length));
    this.publishedAtMs = grown(this.publishedAtMs, new Float64Array(length));
    this.expiresAtMs = grown(this.expiresAtMs, new Float64Array(length));
    this.records = grown(this.records, new Float64Array(length * ITEM_RECORD.width));
  }
}
