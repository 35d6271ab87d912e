import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomNumbers } from '../random-numbers.js';
import { BLOCK_ROWS, VectorColumns } from './vector-columns.js';

const number = fc.float({ min: -8, max: 8, noNaN: true });

function columnsOf(vectors: readonly Float32Array[], biases: Float32Array): VectorColumns {
  const columns = new VectorColumns(vectors[0]!.length, vectors.length);
  vectors.forEach((vector, row) => columns.write(row, vector, biases[row]!));
  return columns;
}

function scanned(columns: VectorColumns, { from = 0, to, threshold = -Infinity }: { from?: number; to: number; threshold?: number }): Map<number, number> {
  const found = new Map<number, number>();
  const count = columns.scan(from, to, threshold);
  for (let i = 0; i < count; i++) found.set(columns.rows[i]!, columns.scores[i]!);
  return found;
}

const world = (dimension: number) => fc.record({
  query: fc.float32Array({ minLength: dimension, maxLength: dimension, min: -8, max: 8, noNaN: true }),
  vectors: fc.array(fc.float32Array({ minLength: dimension, maxLength: dimension, min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 9 }),
  bias: number,
});

describe('VectorColumns', () => {
  it('scores exactly, and approximately as well as 7 bits a value allow, whatever the dimension and the number of rows', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 70 }).chain(world), ({ query, vectors, bias }) => {
      const columns = columnsOf(vectors, new Float32Array(vectors.length).fill(bias));
      const scores = new Float32Array(vectors.length);
      columns.ask(query);
      columns.score(Int32Array.from(vectors.keys()), scores);
      const approximate = scanned(columns, { to: vectors.length });
      expect([...approximate.keys()]).toEqual([...vectors.keys()]);
      vectors.forEach((vector, row) => {
        const exact = vector.reduce((sum, value, c) => sum + value * query[c]!, bias);
        const most = (values: Float32Array): number => Math.max(...values.map(Math.abs));
        const sizes = query.reduce((sum, value) => sum + Math.abs(value), 0) * (most(vector) / 63) + vector.reduce((sum, value) => sum + Math.abs(value), 0) * (most(query) / 63);
        expect(Math.abs(scores[row]! - exact)).toBeLessThanOrEqual(1e-5 * (1 + sizes * 100));
        expect(Math.abs(approximate.get(row)! - exact)).toBeLessThanOrEqual(sizes + query.length * (most(vector) / 63) * (most(query) / 63) + 1e-4);
      });
    }));
  });

  it('hands out the rows of a range that reach the threshold', () => {
    const columns = columnsOf(Array.from({ length: 23 }, (_, row) => Float32Array.of(row)), new Float32Array(23));
    columns.ask(Float32Array.of(1));
    expect([...scanned(columns, { from: 8, to: 19, threshold: 13.5 }).keys()]).toEqual([14, 15, 16, 17, 18]);
    expect([...scanned(columns, { from: 13, to: 18, threshold: -1 }).keys()]).toEqual([13, 14, 15, 16, 17]);
    expect(scanned(columns, { from: 4, to: 23, threshold: 99 }).size).toBe(0);
  });

  it('looks at all of as many rows as it answers, wherever they begin, and goes on where it stopped at more', () => {
    const count = 3 * BLOCK_ROWS + 5;
    const columns = columnsOf(Array.from({ length: count }, (_, row) => Float32Array.of(row % 2)), new Float32Array(count));
    columns.ask(Float32Array.of(1));
    for (const from of [0, 1, 2, 3, 4, 7]) {
      expect([...scanned(columns, { from, to: from + BLOCK_ROWS }).keys()]).toEqual(Array.from({ length: BLOCK_ROWS }, (_, i) => from + i));
      const odd: number[] = [];
      for (let next = from; next < count; next = columns.scanned) odd.push(...scanned(columns, { from: next, to: count, threshold: 0.5 }).keys());
      expect(odd).toEqual(Array.from({ length: count }, (_, row) => row).filter((row) => row >= from && row % 2 === 1));
    }
  });

  it('keeps every row when it grows', () => {
    const next = randomNumbers(1);
    const vectors = Array.from({ length: 50 }, () => Float32Array.from({ length: 24 }, () => next() - 0.5));
    const small = columnsOf(vectors, Float32Array.from({ length: 50 }, next));
    const large = small.larger(3 * BLOCK_ROWS);
    const rows = Int32Array.from({ length: 2 * BLOCK_ROWS }, (_, i) => i % 50);
    const [before, after] = [small, large].map((columns) => {
      const scores = new Float32Array(rows.length);
      columns.ask(vectors[7]!);
      columns.score(rows, scores);
      return { scores, approximate: scanned(columns, { to: 50 }) };
    });
    expect(after).toEqual(before);
    expect(before!.scores[50 + 7]).toBe(before!.scores[7]);
  });
});
