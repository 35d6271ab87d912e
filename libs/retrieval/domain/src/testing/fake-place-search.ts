import { descendingOrder } from '@serendip/shared-pipeline';
import type { Band, Wanted } from '../vectors/likely-places.js';
import { PlaceSearch } from '../vectors/place-search.js';
import type { VectorIndex } from '../vectors/vector-index.js';

/** Looks at every place of an index, unless a test has it fail or lost. */
export class FakePlaceSearch extends PlaceSearch {
  readonly runtime = 'fake';
  readonly device = 'gpu';
  isLost = false;
  fails = false;
  /** How many places each search has wanted. */
  readonly asked: number[] = [];

  constructor(private readonly index: VectorIndex) {
    super();
  }

  async search(query: Float32Array, { rowOf, mask }: Pick<Wanted, 'rowOf' | 'mask'>, most: number): Promise<Band> {
    this.asked.push(most);
    if (this.fails) throw new Error('This card fails.');
    const { columns, size } = this.index;
    const open = Int32Array.from({ length: size }, (_, place) => place).filter((place) => (mask[rowOf[place]!] ?? 0) !== 0);
    const scores = Float32Array.from(open, (place) => {
      const vector = columns.vector(place);
      let score = columns.bias(place);
      for (let c = 0; c < vector.length; c++) score += vector[c]! * query[c]!;
      return score;
    });
    const order = descendingOrder(scores).subarray(0, most);
    return { places: order.map((at) => open[at]!), scores: Float32Array.from(order, (at) => scores[at]!) };
  }

  async close(): Promise<void> {
    this.isLost = true;
  }
}
