import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../random.js';
import type { Sequences } from '../sequences.js';
import { buildTaste } from './build-taste.js';
import { solveRidge } from './ridge.js';

const sequencesOf = (lists: readonly (readonly number[])[]): Sequences => ({
  offsets: Int32Array.from({ length: lists.length + 1 }, (_, i) => lists.slice(0, i).reduce((sum, { length }) => sum + length, 0)), items: Int32Array.from(lists.flat()),
});

/** People who have had some of eight items: two groups of four, and one item that everybody has. */
function people(count: number): readonly (readonly number[])[] {
  const random = new Random(3);
  return Array.from({ length: count }, (_, person) => [8, ...[0, 1, 2, 3].filter(() => random.unit() < 0.6).map((n) => n + 4 * (person % 2)), ...(random.unit() < 0.3 ? [random.below(8)] : [])]);
}

/** Every weight by item and the item that speaks for it. */
function weightsOf(table: ReturnType<typeof buildTaste>, item: number): ReadonlyMap<number, number> {
  const place = table.items.indexOf(item);
  const row = Array.from({ length: table.width }, (_, i) => place * table.width + i).filter((at) => table.ids[at]! >= 0);
  return new Map(row.map((at) => [table.items[table.ids[at]!]!, table.weights[at]!]));
}

describe('solveRidge', () => {
  it('finds what the matrix and the ridge make of it again', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.01, max: 100, noNaN: true }), (size, seed, ridge) => {
      const random = new Random(seed);
      const root = Float64Array.from({ length: size * size }, () => random.normal());
      const matrix = Float64Array.from({ length: size * size }, (_, at) => Array.from({ length: size }, (__, k) => root[Math.floor(at / size) * size + k]! * root[(at % size) * size + k]!).reduce((a, b) => a + b));
      const right = Float64Array.from({ length: size }, () => random.normal());
      const x = right.slice();
      solveRidge(matrix.slice(), x, { size, ridge });
      right.forEach((value, row) => expect(Array.from(x, (xi, k) => (matrix[row * size + k]! + (row === k ? ridge : 0)) * xi).reduce((a, b) => a + b)).toBeCloseTo(value, 6));
    }));
  });
});

describe('buildTaste', () => {
  it('finds what goes together beside what everybody has', () => {
    const table = buildTaste({ sequences: sequencesOf(people(400)), itemCount: 10, options: { width: 8 } });
    expect([...table.items].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const own = weightsOf(table, 1);
    for (const friend of [0, 2, 3]) for (const other of [4, 5, 6, 7]) expect(own.get(friend)!).toBeGreaterThan((own.get(other) ?? 0) + 0.1);
    expect(own.get(1)).toBeUndefined();
  });

  it('is EASE when every item may speak', () => {
    const lists = people(300);
    const ridge = 0.5;
    const table = buildTaste({ sequences: sequencesOf(lists), itemCount: 9, options: { width: 8, ridge } });
    const gram = Array.from({ length: 9 }, (_, a) => Array.from({ length: 9 }, (__, b) => lists.filter((list) => list.includes(a) && list.includes(b)).length));
    const lambda = ridge * gram.reduce((sum, row, i) => sum + row[i]!, 0) / 9;
    // Steck 2019: B = −P ÷ diag(P) off the diagonal, for P = (G + λI)⁻¹.
    const inverse = Array.from({ length: 9 }, (_, column) => {
      const x = Float64Array.from({ length: 9 }, (__, i) => (i === column ? 1 : 0));
      solveRidge(Float64Array.from(gram.flat()), x, { size: 9, ridge: lambda });
      return x;
    });
    for (let item = 0; item < 9; item++) {
      for (const [other, weight] of weightsOf(table, item)) expect(weight).toBeCloseTo(-inverse[item]![other]! / inverse[item]![item]!, 5);
    }
  });

  it('counts an item of one person once, and is about the most popular', () => {
    const lists = [[0, 1, 0, 1, 0], [0, 1], [0, 2], [3]];
    expect(buildTaste({ sequences: sequencesOf(lists), itemCount: 4 })).toEqual(buildTaste({ sequences: sequencesOf([[0, 1], [0, 1], [0, 2], [3]]), itemCount: 4 }));
    expect([...buildTaste({ sequences: sequencesOf(lists), itemCount: 4 }).items]).toEqual([0, 1]);
    expect([...buildTaste({ sequences: sequencesOf(lists), itemCount: 4, options: { items: 1 } }).items]).toEqual([0]);
  });

  it('has an answer for next to nothing, and stops when it is cancelled', () => {
    expect(buildTaste({ sequences: sequencesOf([[0]]), itemCount: 3 }).items).toHaveLength(0);
    expect(() => buildTaste({ sequences: sequencesOf(people(9)), itemCount: 9, signal: { aborted: true } })).toThrow(expect.objectContaining({ reason: 'TRAINING_CANCELLED' }));
  });
});
