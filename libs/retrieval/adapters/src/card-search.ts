import { hasGraphicsCard, type DeviceChoice, type Fallback } from '@serendip/platform-runtimes';
import { VectorIndex, bestPlaces, type PlaceSearch, type VectorIndexParts } from '@serendip/retrieval-domain';
import { GraphVectorIndex, vectorGraph, type VectorGraph } from './graph-vector-index.js';

/** Where versions are searched, and who hears when that does not go as it was meant to. */
export interface SearchDevice {
  /** `auto` is where each version is searched quickest, which a driver in software never is. */
  readonly choice: DeviceChoice;
  /** Told of a version, name@version, that is not searched where it was meant to be; `used` is `cpu` for this service's own search. */
  readonly onFallback: (retriever: string, fallback: Pick<Fallback, 'wanted' | 'reason'> & { readonly used: string }) => void;
  /** Told of searches that a card did not answer: the processor does. Once, if the card is lost for good. */
  readonly onFailure: (retriever: string, error: unknown) => void;
}

interface Prepared {
  readonly graph: VectorGraph;
  /** Milliseconds that a search takes on the processor. */
  readonly hereMs: number;
}

/** What a thread makes of a version's index for a card, or why it can't. Can be posted to another one. */
export type CardPreparation = Prepared | { readonly refused: string };

/** Searches that are tried, all at once on a card, and rows that each wants. */
const TRIED = 16;
const BEST = 200;
const ROUNDS = 3;

/** Whether a version's index has to be prepared for a card. */
export const needsCard = (choice: DeviceChoice): boolean => choice !== 'cpu' && (choice !== 'auto' || hasGraphicsCard());

/** Copies the index; undefined for an empty one. */
export function prepareCard(parts: VectorIndexParts): CardPreparation | undefined {
  const index = new VectorIndex(parts);
  if (index.size === 0) return undefined;
  try {
    return { graph: graphOf(index), hereMs: searchedHereMs(index) };
  } catch (error) {
    return { refused: messageOf(error) };
  }
}

function graphOf(index: VectorIndex): VectorGraph {
  const { columns: { dimension }, columns, size } = index;
  const vectors = new Float32Array(size * dimension);
  const biases = new Float32Array(size);
  for (let place = 0; place < size; place++) {
    vectors.set(columns.vector(place), place * dimension);
    biases[place] = columns.bias(place);
  }
  const { model, ...graph } = vectorGraph({ dimension, vectors, biases });
  return { ...graph, model: shared(model) };
}

/** The search of a version's index on a card; undefined where the processor searches it, which `onFallback` is told of if it was meant otherwise. */
export async function openCard(retriever: string, prepared: CardPreparation, device: SearchDevice): Promise<PlaceSearch | undefined> {
  const { choice, onFallback, onFailure } = device;
  try {
    if ('refused' in prepared) throw new Error(prepared.refused);
    const { graph, hereMs } = prepared;
    const fell: Fallback[] = [];
    const index = await GraphVectorIndex.open(graph, {
      device: choice === 'auto' ? 'gpu' : choice, onFailure: (error) => onFailure(retriever, error), ...(choice === 'cuda' ? { onFallback: (fallback) => fell.push(fallback) } : {}),
    });
    for (const fallback of fell) onFallback(retriever, index.device === 'cpu' ? { ...fallback, used: 'cpu' } : fallback);
    if (index.device !== 'cpu' && (choice !== 'auto' || (await searchedThereMs(index, graph)) < hereMs)) return index;
    await index.close();
  } catch (error) {
    if (choice !== 'auto') onFallback(retriever, { wanted: choice, used: 'cpu', reason: messageOf(error) });
  }
  return undefined;
}

function searchedHereMs(index: VectorIndex): number {
  const query = (n: number): Float32Array => index.columns.vector(n % index.size).slice();
  let least = Infinity;
  for (let n = 0; n < TRIED * ROUNDS; n++) {
    const began = performance.now();
    bestPlaces(index, query(n), BEST);
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** Of one search, when as many wait as share a run. */
async function searchedThereMs(index: PlaceSearch, { rows, dimension }: VectorGraph): Promise<number> {
  const set = { rowOf: Int32Array.from({ length: rows }, (_, row) => row), mask: new Uint8Array(rows).fill(1) };
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await Promise.all(Array.from({ length: TRIED }, (_, n) => index.search(new Float32Array(dimension).fill(n + 1), set, BEST)));
    least = Math.min(least, (performance.now() - began) / TRIED);
  }
  return least;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The same where every thread has it. */
export function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
