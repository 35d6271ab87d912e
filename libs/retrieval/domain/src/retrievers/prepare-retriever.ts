import { DomainError } from '@serendip/shared-errors';
import { HashTable64, hash64, type HashTableParts } from '@serendip/shared-identity';
import type { LagFilterWeights } from '../encoders/lag-filter.js';
import type { NeighbourTable } from '../encoders/neighbours.js';
import { randomNumbers } from '../random-numbers.js';
import { indexVectors, type VectorIndexParts } from '../vectors/vector-index.js';

/** Tables of a retriever version. They have one row for each item, in the order of `items`. */
export interface RetrieverTables {
  /** name@version. */
  readonly reference: string;
  readonly items: readonly string[];
  readonly dimension: number;
  /** Undefined for an encoder of another kind. */
  readonly encoder: LagFilterWeights | undefined;
  /** items × d: an item as an answer. */
  readonly itemOut: Float32Array;
  readonly bias: Float32Array;
  readonly neighbours?: NeighbourTable | undefined;
  readonly similar?: NeighbourTable | undefined;
}

/** A retriever version that has been checked, and whose vectors have an index. Can be posted to another thread. */
export interface PreparedRetriever {
  readonly reference: string;
  readonly size: number;
  readonly dimension: number;
  readonly encoder: LagFilterWeights | undefined;
  /** Rows by the hash of their ids. */
  readonly rowOfHash: HashTableParts;
  readonly index: VectorIndexParts;
  /** The bias of an item that the version does not know. */
  readonly newBias: number;
  readonly neighbours?: NeighbourTable | undefined;
  readonly similar?: NeighbourTable | undefined;
}

/** A new item's bias: that of an item less popular than four in five, so that it has to be personal to be found. */
const NEW_ITEM_QUANTILE = 0.2;

/** Checks a version and makes its index; some seconds for a million items. Throws INVALID_ARGUMENT/RETRIEVER_INVALID when its tables don't fit together or hold a number that is not finite. */
export function prepareRetriever(tables: RetrieverTables): PreparedRetriever {
  check(tables);
  const { reference, items, dimension, encoder, itemOut, bias, neighbours, similar } = tables;
  const rowOfHash = new HashTable64(items.length);
  items.forEach((id, row) => rowOfHash.set(hash64(id), row));
  return {
    reference, size: items.length, dimension, encoder, rowOfHash: rowOfHash.parts, neighbours, similar,
    // The same seed, so that a version has the same index everywhere.
    index: indexVectors({ dimension, vectors: itemOut }, bias, { random: randomNumbers(items.length) }), newBias: quantile(bias, NEW_ITEM_QUANTILE),
  };
}

function check({ reference, items, dimension, encoder, itemOut, bias, neighbours, similar }: RetrieverTables): void {
  const refuse = (what: string): never => {
    throw new DomainError('INVALID_ARGUMENT', 'RETRIEVER_INVALID', `Retriever ${reference} can't be used: ${what}.`);
  };
  const sizes: readonly (readonly [string, number, number])[] = [
    ...(encoder === undefined ? [] : [['item_in', encoder.itemIn.length, items.length * dimension] as const]),
    ['item_out', itemOut.length, items.length * dimension],
    ['bias', bias.length, items.length],
    ...(neighbours === undefined ? [] : [['neighbours', neighbours.ids.length, items.length * neighbours.width] as const]),
    ...(similar === undefined ? [] : [['similar', similar.ids.length, items.length * similar.width] as const]),
  ];
  for (const [name, has, needs] of sizes) if (has !== needs) refuse(`${name} has ${has} values and needs ${needs}`);
  const { itemIn, lagWeights, w1, b1, w2 } = encoder ?? {} as Partial<LagFilterWeights>;
  const floats = { itemIn, lagWeights, w1, b1, w2, itemOut, bias, neighbours: neighbours?.weights, similar: similar?.weights };
  for (const [name, values] of Object.entries(floats)) if (values?.every(Number.isFinite) === false) refuse(`${name} has values that are not finite`);
  for (const [name, table] of Object.entries({ neighbours, similar })) {
    if (table?.ids.some((id) => id < -1 || id >= items.length)) refuse(`${name} has rows that don't exist`);
  }
}

function quantile(values: Float32Array, share: number): number {
  return values.length === 0 ? 0 : Float32Array.from(values).sort()[Math.floor(share * (values.length - 1))]!;
}
