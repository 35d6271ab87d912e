import type { ItemColumns } from '@serendip/shared-catalogue';
import type { ItemEncoder } from '../encoders/item-encoder.js';

export interface FakeItemEncoderOptions {
  readonly reference?: string;
  /** Digest of the retriever that it is for. */
  readonly digest?: string;
  readonly dimension?: number;
}

/** Gives every item a vector whose values are all its price. */
export class FakeItemEncoder implements ItemEncoder {
  readonly reference: string;
  readonly retriever: ItemEncoder['retriever'];
  readonly dimension: number;
  /** Ids that were asked about, a list for each time. */
  readonly asked: (readonly string[])[] = [];
  fails = false;
  /** The id of an item that it fails with. */
  failsWith: string | undefined;
  isClosed = false;
  isLost = false;
  /** Answers wait for it. */
  until: Promise<void> = Promise.resolve();

  constructor({ reference = 'enc@1', digest = '', dimension = 8 }: FakeItemEncoderOptions = {}) {
    this.reference = reference;
    this.retriever = { name: 'cf@1', digest };
    this.dimension = dimension;
  }

  async encode(columns: ItemColumns, rows: Int32Array): Promise<Float32Array> {
    const ids = Array.from(rows, (row) => columns.id(row));
    this.asked.push(ids);
    const prices = Array.from(rows, (row) => columns.price[row]!);
    await this.until;
    if (this.fails || this.isClosed || ids.some((id) => id === this.failsWith)) throw new Error('This encoder fails.');
    return Float32Array.from(prices.flatMap((price) => new Array<number>(this.dimension).fill(price)));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
