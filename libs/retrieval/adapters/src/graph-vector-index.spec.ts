import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GraphVectorIndex, vectorGraph } from './graph-vector-index.js';

const opened: GraphVectorIndex[] = [];
afterEach(async () => { for (const index of opened.splice(0)) await index.close(); });

const DIMENSION = 6;
const value = (i: number): number => Math.sin(i * 12.9898) * 3;

const identity = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);

async function indexOf(rows: number) {
  const vectors = Float32Array.from({ length: rows * DIMENSION }, (_, i) => value(i));
  const biases = Float32Array.from({ length: rows }, (_, i) => value(i + 0.5));
  const index = await GraphVectorIndex.open(vectorGraph({ dimension: DIMENSION, vectors, biases }), { device: 'cpu' });
  opened.push(index);
  const exact = (query: Float32Array, mask: Uint8Array, limit: number): readonly (readonly [number, number])[] => Array.from(biases, (bias, row) => {
    let score = bias;
    for (let c = 0; c < DIMENSION; c++) score += query[c]! * vectors[row * DIMENSION + c]!;
    return [row, score] as const;
  }).filter(([row]) => mask[row] !== 0).sort(([, a], [, b]) => b - a).slice(0, limit);
  return { index, exact };
}

describe('GraphVectorIndex', () => {
  it.each([[3, 10], [256, 40], [257, 40], [3000, 50]])('finds exactly the best of %i rows that are not masked, best first, for each of many searches at once', async (rows, most) => {
    const { index, exact } = await indexOf(rows);
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: most }), fc.integer()), { minLength: 1, maxLength: 40 }), async (searches) => {
      const answers = await Promise.all(searches.map(async ([every, limit, seed]) => {
        const query = Float32Array.from({ length: DIMENSION }, (_, c) => value(seed + c * 7));
        const mask = Uint8Array.from({ length: rows }, (_, row) => (row % every === 0 ? 2 : 0));
        const { places: found, scores } = await index.search(query, { rowOf: identity(rows), mask }, limit);
        return { found: [...found].map((row, i) => [row, scores[i]!] as const), right: exact(query, mask, limit) };
      }));
      for (const { found, right } of answers) {
        expect(found.length).toBe(right.length);
        found.forEach(([, score], i) => expect(Math.abs(score - right[i]![1])).toBeLessThan(1e-3));
        expect(found.every(([row, score]) => right.some(([other]) => other === row) || Math.abs(score - right.at(-1)![1]) < 1e-3)).toBe(true);
      }
    }), { numRuns: 10 });
  });

  it('goes by the row at each place: none, or one that the mask does not reach, is not found', async () => {
    const { index } = await indexOf(300);
    const rowOf = identity(300).map((place) => (place < 100 ? -1 : 299 - place));
    const { places } = await index.search(new Float32Array(DIMENSION), { rowOf, mask: new Uint8Array(50).fill(1) }, 300);
    expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 250 + i));
  });

  it('finds nothing where nothing may be found', async () => {
    const { index } = await indexOf(300);
    expect([...(await index.search(new Float32Array(DIMENSION), { rowOf: identity(300), mask: new Uint8Array(300) }, 20)).places]).toEqual([]);
  });

  it('fails the searches of a run that fails, and goes on', async () => {
    const { index } = await indexOf(300);
    await expect(index.search(new Float32Array(DIMENSION + 1), { rowOf: identity(300), mask: new Uint8Array(300) }, 20)).rejects.toThrow();
    expect((await index.search(new Float32Array(DIMENSION), { rowOf: identity(300), mask: new Uint8Array(300).fill(1) }, 20)).places).toHaveLength(20);
  });
});
