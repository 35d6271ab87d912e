import { describe, expect, it } from '@jest/globals';
import { randomNumbers } from '../random-numbers.js';
import { RowVectors } from './row-vectors.js';
import { searchVectors } from './search-vectors.js';
import { VectorIndex, indexVectors } from './vector-index.js';

const ROWS = 16_000;
const DIMENSION = 8;
const LIMIT = 50;
const normals = (next: () => number) => (): number => next() + next() + next() - 1.5;

/** Vectors of some groups, the later rows longer than the first. */
function tableOf(rows: number): { readonly vectors: Float32Array; readonly bias: Float32Array } {
  const normal = normals(randomNumbers(5));
  const groups = Array.from({ length: 60 }, () => Float32Array.from({ length: DIMENSION }, normal));
  const vectors = Float32Array.from({ length: rows * DIMENSION }, (_, i) => (1 + Math.floor(i / DIMENSION) / rows) * (groups[Math.floor(i / DIMENSION) % 60]![i % DIMENSION]! + 0.4 * normal()));
  return { vectors, bias: Float32Array.from({ length: rows }, normal) };
}

describe.each([['lists', 1], ['codes alone', Infinity]])('an index by %s', (_, listsFrom) => {
  const { vectors, bias } = tableOf(ROWS);
  const parts = indexVectors({ dimension: DIMENSION, vectors }, bias, { random: randomNumbers(1), listsFrom });
  const normal = normals(randomNumbers(8));
  const queries = Array.from({ length: 20 }, () => Float32Array.from({ length: DIMENSION }, normal));
  const score = (query: Float32Array, row: number): number => query.reduce((sum, value, c) => sum + value * vectors[row * DIMENSION + c]!, bias[row]!);
  const best = (query: Float32Array, allowed: (row: number) => boolean): number[] => {
    const scores = Float64Array.from({ length: ROWS }, (__, row) => score(query, row));
    return Array.from(scores.keys()).filter(allowed).sort((a, b) => scores[b]! - scores[a]!).slice(0, LIMIT);
  };
  const allRows = Int32Array.from({ length: ROWS }, (__, row) => row);
  function find(rows: RowVectors, query: Float32Array, allowed: (row: number) => boolean, later: (row: number) => boolean = () => true) {
    const mask = Uint8Array.from({ length: Math.max(ROWS, rows.size) }, (__, row) => Number(allowed(row)));
    const set = { rows: Int32Array.from(mask.keys()).filter((row) => mask[row] === 1), mask, allows: later };
    return searchVectors(rows, query, { set, limit: LIMIT });
  }
  function placed(index = new VectorIndex(parts)): RowVectors {
    const rows = new RowVectors(index);
    for (const row of allRows) rows.place(row, row);
    return rows;
  }

  it('has lists only where there are rows enough', () => {
    expect(parts.lists === undefined).toBe(listsFrom === Infinity);
  });

  it.each([['all rows', () => true], ['every other row', (row: number) => row % 2 === 0], ['rows of a few groups', (row: number) => row % 60 < 20]])('finds the best of %s, with exact scores, best first', (__, allowed) => {
    const rows = placed();
    let missed = 0;
    for (const query of queries) {
      const found = find(rows, query, allowed);
      expect([...found.rows].every(allowed)).toBe(true);
      found.rows.forEach((row, i) => expect(found.scores[i]).toBeCloseTo(score(query, row), 3));
      expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a));
      missed += best(query, allowed).filter((row) => !found.rows.includes(row)).length;
    }
    expect(missed / (queries.length * LIMIT)).toBeLessThan(0.01);
  });

  it('looks at every row before it finds too few', () => {
    const rare = (row: number): boolean => row % 1000 === 7;
    for (const query of queries.slice(0, 3)) expect([...find(placed(), query, () => true, rare).rows]).toEqual(best(query, rare));
  });

  it('puts equal ones by lower row, wherever their places are', () => {
    const same = new RowVectors(new VectorIndex(indexVectors({ dimension: DIMENSION, vectors: vectors.map((__, i) => vectors[(i % (20 * DIMENSION))]!) }, new Float32Array(ROWS), { random: randomNumbers(1), listsFrom })));
    for (const row of allRows) same.place(row, ROWS - 1 - row);
    for (const query of queries) {
      const { rows, scores } = find(same, query, () => true);
      rows.forEach((row, i) => { if (i > 0 && scores[i] === scores[i - 1]) expect(row).toBeGreaterThan(rows[i - 1]!); });
      expect(new Set(scores).size).toBeLessThan(LIMIT);
    }
  });

  it('finds rows that have come since at once, beside it, and none that it has but the catalogue has not', () => {
    const [query] = queries as [Float32Array];
    const rows = new RowVectors(new VectorIndex(parts));
    const known = best(query, () => true);
    for (const row of allRows) if (row !== known[0]) rows.place(row, row);
    expect([...find(rows, query, () => true).rows].slice(0, 5)).toEqual(known.slice(1, 6));
    rows.write(ROWS, query.map((value) => value * 100), 0);
    expect([...find(rows, query, () => true).rows].slice(0, 3)).toEqual([ROWS, ...known.slice(1, 3)]);
    rows.write(ROWS, new Float32Array(DIMENSION), -1000);
    for (let row = ROWS + 1; row < ROWS + 600; row++) rows.write(row, query.map((value) => value * 50), row - ROWS);
    expect([...find(rows, query, () => true).rows].slice(0, 2)).toEqual([ROWS + 599, ROWS + 598]);
    rows.place(known[0]!, known[0]!);
    expect([...find(rows, query, (row) => row < ROWS).rows].slice(0, 2)).toEqual(known.slice(0, 2));
  });
});

describe('an index', () => {
  it('is made of nothing too', () => {
    const rows = new RowVectors(new VectorIndex(indexVectors({ dimension: DIMENSION, vectors: new Float32Array(0) }, new Float32Array(0), { random: () => 0 })));
    const query = new Float32Array(DIMENSION).fill(1);
    const search = () => searchVectors(rows, query, { set: { rows: Int32Array.of(0), mask: Uint8Array.of(1), allows: () => true }, limit: 3 });
    expect([...search().rows]).toEqual([]);
    rows.write(0, query, 0);
    expect([...search().rows]).toEqual([0]);
  });
});
