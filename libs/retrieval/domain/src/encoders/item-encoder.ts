import type { ItemColumns } from '@serendip/shared-catalogue';

/** Gives items a vector in the space of one retriever version, from what the catalogue says of them. */
export interface ItemEncoder {
  /** name@version. */
  readonly reference: string;
  /** The retriever version that its vectors are for: name@version, and the digest of its bundle, which tells. */
  readonly retriever: { readonly name: string; readonly digest: string };
  readonly dimension: number;
  /** Whether what runs it has ended: it answers nothing any more, and has to be loaded anew. */
  readonly isLost: boolean;

  /**
   * Vectors of catalogue rows as they are at the time of the call, one after the other, `dimension` values each; one that can't be used holds values that are not finite. Rejects when it fails or
   * takes too long; it may be asked again then.
   */
  encode(columns: ItemColumns, rows: Int32Array): Promise<Float32Array>;

  /** Gives back what it holds; it must not be used after that. */
  close(): Promise<void>;
}

/** What came of asking an encoder about some items. */
export interface Encoding {
  /** name@version of the encoder. */
  readonly encoder: string;
  readonly items: number;
  /** Items that it gave no usable vector: all of them when there is an error. */
  readonly failed: number;
  readonly tookMs: number;
  readonly error?: unknown;
}

/** Called after each try to encode items. */
export type EncodingListener = (encoding: Encoding) => void;
