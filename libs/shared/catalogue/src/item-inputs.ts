import { hash64 } from '@serendip/shared-identity';
import type { CatalogueItem } from './catalogue-item.js';

/** What an item encoder may be told of an item. */
export type DescribedItem = Pick<CatalogueItem, 'title' | 'categories' | 'tags' | 'price' | 'attributes'>;

/** Columns of all inputs together: a row is at most 64 KiB. */
export const MOST_INPUT_COLUMNS = 16_384;

const INPUT = /^(words:)?(title|categories|tags|price|item\.[^#]+)(?:#([1-9]\d{0,4}))?$/;
const WORD = /[\p{L}\p{N}]+/gu;
const ATTRIBUTE = 'item.';

interface Input {
  /** Its first column. */
  readonly at: number;
  readonly columns: number;
  readonly write: (item: DescribedItem, columns: Float32Array) => void;
}

/**
 * An item as a row of numbers, as item encoders take it. Training computes the same in Python (`inputs.py` of `serendip model init --kind item-encoder`); golden samples hold one against the other.
 *
 * | input | columns | are |
 * |---|---|---|
 * | `price`, `item.<attribute>` | 2 | the number, or 1 and 0 for true and false; and 1. Both are 0 where there is none |
 * | `categories#<n>`, `tags#<n>`, `title#<n>`, `item.<attribute>#<n>` | n | 1 at `lo` of `hash64(text)` modulo n for each text: of a list each one, as it is written; 0 elsewhere |
 * | `words:<the same>#<n>` | n | the same of each word: runs of letters and digits (Unicode's L and N) of the text in NFKC and lower case |
 *
 * What is missing, empty, of another type or no finite float32 is all zeros.
 */
export class ItemInputs {
  /** Columns of a row. */
  readonly width: number;
  private readonly inputs: readonly Input[];

  /** Throws RangeError for an input that is none of these, and for too many columns. */
  constructor(readonly names: readonly string[]) {
    let width = 0;
    this.inputs = names.map((name) => {
      const input = inputOf(name, width);
      width += input.columns;
      return input;
    });
    if (width === 0 || width > MOST_INPUT_COLUMNS) throw new RangeError(`${width} columns are not 1 to ${MOST_INPUT_COLUMNS}`);
    this.width = width;
  }

  /** Writes an item to row `row` of `rows`, which must be zeros there. */
  write(item: DescribedItem, rows: Float32Array, row: number): void {
    const from = row * this.width;
    for (const { at, columns, write } of this.inputs) write(item, rows.subarray(from + at, from + at + columns));
  }

  /** The name of the input that a column belongs to. */
  nameAt(column: number): string {
    return this.names[this.inputs.findIndex(({ at, columns }) => column < at + columns)]!;
  }
}

function inputOf(name: string, at: number): Input {
  const [, words, source, size] = INPUT.exec(name) ?? [];
  const isNumber = size === undefined;
  if (source === undefined || (isNumber ? words !== undefined || ['title', 'categories', 'tags'].includes(source) : source === 'price')) {
    throw new RangeError(`'${name}' is no input: there are price, item.<attribute>, and with a number of columns title#<n>, categories#<n>, tags#<n>, item.<attribute>#<n>, each also as words:…#<n>`);
  }
  if (isNumber) return { at, columns: 2, write: numberWriter(source) };
  const columns = Number(size);
  const texts = textsOf(source);
  return {
    at, columns,
    write: (item, row) => {
      for (const text of texts(item)) {
        if (text === '') continue;
        if (words === undefined) row[hash64(text).lo % columns] = 1;
        else for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) row[hash64(word).lo % columns] = 1;
      }
    },
  };
}

function numberWriter(source: string): Input['write'] {
  return ({ price, attributes }, row) => {
    const value = source === 'price' ? price : attributes[source.slice(ATTRIBUTE.length)];
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(Math.fround(number))) return;
    row[0] = number;
    row[1] = 1;
  };
}

function textsOf(source: string): (item: DescribedItem) => readonly string[] {
  if (source === 'title') return ({ title }) => [title];
  if (source === 'categories' || source === 'tags') return (item) => item[source];
  const name = source.slice(ATTRIBUTE.length);
  return ({ attributes: { [name]: value } }) => {
    if (typeof value === 'string') return [value];
    return Array.isArray(value) ? (value as readonly unknown[]).filter((each) => typeof each === 'string') : [];
  };
}
