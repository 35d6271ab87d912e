import { DomainError } from '@serendip/shared-errors';
import { HashTable64, hash64 } from '@serendip/shared-identity';
import { LagFilterEncoder, type LagFilterWeights } from '../encoders/lag-filter.js';
import { NeighbourScorer, type NeighbourTable } from '../encoders/neighbours.js';
import type { UserEncoder } from '../encoders/user-encoder.js';

/** What a retriever version is made of. Tables have one row for each item, in the order of `items`. */
export interface RetrieverParts {
  /** name@version. */
  readonly reference: string;
  readonly items: readonly string[];
  readonly encoder: LagFilterWeights;
  /** items × d: an item as an answer. */
  readonly itemOut: Float32Array;
  readonly bias: Float32Array;
  readonly neighbours?: NeighbourTable;
  readonly similar?: NeighbourTable;
}

/** The same with an encoder of any kind. */
export type EncodedRetrieverParts = Omit<RetrieverParts, 'encoder'> & { readonly encoder: LagFilterWeights | UserEncoder };

/** The user's items beyond these say little about what is similar to the newest. */
const SIMILAR_LAGS = 8;
const MOST_SEEDS = 64;

/** One retriever version, by its own rows; what doesn't depend on the catalogue. */
export class RetrieverModel {
  readonly reference: string;
  readonly size: number;
  readonly dimension: number;
  readonly encoder: UserEncoder;
  readonly itemOut: Float32Array;
  readonly bias: Float32Array;
  readonly next: NeighbourScorer | undefined;
  readonly similarToSeeds: NeighbourScorer | undefined;
  readonly similarToRecent: NeighbourScorer | undefined;
  readonly bytes: number;
  private readonly rowOfHash: HashTable64;

  /** Throws INVALID_ARGUMENT when the parts don't fit together or hold a number that is not finite. */
  constructor({ reference, items, encoder, itemOut, bias, neighbours, similar }: EncodedRetrieverParts) {
    check(reference, { items, encoder, itemOut, bias, neighbours, similar });
    this.reference = reference;
    this.size = items.length;
    this.dimension = encoder.dimension;
    this.encoder = isEncoder(encoder) ? encoder : new LagFilterEncoder(encoder);
    this.itemOut = itemOut;
    this.bias = bias;
    this.next = neighbours === undefined ? undefined : new NeighbourScorer(neighbours);
    this.similarToSeeds = similar === undefined ? undefined : new NeighbourScorer(similar, { lags: MOST_SEEDS, decay: 1 });
    this.similarToRecent = similar === undefined ? undefined : new NeighbourScorer(similar, { lags: SIMILAR_LAGS });
    this.bytes = [isEncoder(encoder) ? undefined : encoder.itemIn, itemOut, bias, neighbours?.ids, neighbours?.weights, similar?.ids, similar?.weights].reduce((sum, table) => sum + (table?.byteLength ?? 0), 0);
    this.rowOfHash = new HashTable64(items.length);
    items.forEach((id, row) => this.rowOfHash.set(hash64(id), row));
  }

  /** Row of an item by its id, or -1. */
  rowOfId(id: string): number {
    const { lo, hi } = hash64(id);
    return this.rowOfHash.get(lo, hi);
  }

  /** Row of an item by the hash of its id, or -1. */
  rowOfHashed(lo: number, hi: number): number {
    return this.rowOfHash.get(lo, hi);
  }
}

const isEncoder = (encoder: EncodedRetrieverParts['encoder']): encoder is UserEncoder => 'encode' in encoder;

function check(reference: string, { items, encoder, itemOut, bias, neighbours, similar }: Omit<EncodedRetrieverParts, 'reference'>): void {
  const refuse = (what: string): never => {
    throw new DomainError('INVALID_ARGUMENT', 'RETRIEVER_INVALID', `Retriever ${reference} can't be used: ${what}.`);
  };
  const sizes: readonly (readonly [string, number, number])[] = [
    ...(isEncoder(encoder) ? [] : [['item_in', encoder.itemIn.length, items.length * encoder.dimension] as const]),
    ['item_out', itemOut.length, items.length * encoder.dimension],
    ['bias', bias.length, items.length],
    ...(neighbours === undefined ? [] : [['neighbours', neighbours.ids.length, items.length * neighbours.width] as const]),
    ...(similar === undefined ? [] : [['similar', similar.ids.length, items.length * similar.width] as const]),
  ];
  for (const [name, has, needs] of sizes) if (has !== needs) refuse(`${name} has ${has} values and needs ${needs}`);
  const { itemIn, lagWeights, w1, b1, w2 } = isEncoder(encoder) ? {} as Partial<LagFilterWeights> : encoder;
  const floats = { itemIn, lagWeights, w1, b1, w2, itemOut, bias, neighbours: neighbours?.weights, similar: similar?.weights };
  for (const [name, values] of Object.entries(floats)) if (values?.every(Number.isFinite) === false) refuse(`${name} has values that are not finite`);
  for (const [name, table] of Object.entries({ neighbours, similar })) {
    if (table?.ids.some((id) => id < -1 || id >= items.length)) refuse(`${name} has rows that don't exist`);
  }
}
