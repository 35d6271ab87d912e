import { describe, expect, it } from '@jest/globals';
import { FakeCatalogue } from '../testing/fake-catalogue.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { ItemVectors } from './item-vectors.js';
import { RetrieverModel } from './retriever-model.js';

const ITEMS = 20_000;
const DIMENSION = 32;
const LIMIT = 100;

/** Vectors of very different lengths, as popular and unpopular items have, in groups of items that are much alike. */
function model(): RetrieverModel {
  const next = randomNumbers(3);
  const normal = (): number => next() + next() + next() - 1.5;
  const groups = Array.from({ length: 200 }, () => Float32Array.from({ length: DIMENSION }, normal));
  const itemOut = new Float32Array(ITEMS * DIMENSION);
  for (let item = 0; item < ITEMS; item++) {
    const length = Math.exp(2 * normal());
    for (let c = 0; c < DIMENSION; c++) itemOut[item * DIMENSION + c] = length * (groups[item % 200]![c]! + 0.3 * normal());
  }
  const table = (rows: number): Float32Array => new Float32Array(rows * DIMENSION);
  return new RetrieverModel({
    reference: 'test@1', items: Array.from({ length: ITEMS }, (_, i) => `item-${i}`), itemOut, bias: Float32Array.from({ length: ITEMS }, normal),
    encoder: { dimension: DIMENSION, lags: 1, hidden: 1, itemIn: table(ITEMS), lagWeights: table(1), w1: table(1), b1: new Float32Array(1), w2: table(1) },
  });
}

describe('the search in many items', () => {
  const catalogue = new FakeCatalogue(Array.from({ length: ITEMS }, (_, i) => ({ id: `item-${i}` })));
  const vectors = new ItemVectors(model(), catalogue.columns, () => 0);
  vectors.refresh(1);
  const next = randomNumbers(9);
  const users = Array.from({ length: 40 }, () => Float32Array.from({ length: DIMENSION }, () => next() - 0.5));
  const every = Int32Array.from({ length: ITEMS }, (_, row) => row);

  function search(user: Float32Array, allowed: (row: number) => boolean, refused: (row: number) => boolean = () => false): { readonly found: readonly number[]; readonly exact: readonly number[] } {
    const mask = Uint8Array.from(every, (row) => (allowed(row) ? 1 : 0));
    const { rows, scores: foundScores } = vectors.search(user, { rows: every, mask, allows: (row) => mask[row] === 1 && !refused(row) }, LIMIT);
    const scores = vectors.score(user, every);
    expect([...foundScores]).toEqual([...vectors.score(user, rows)]);
    return { found: [...rows], exact: [...every].filter((row) => allowed(row) && !refused(row)).sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, LIMIT) };
  }

  it.each([['all of them', () => true], ['every third', (row: number) => row % 3 === 0]])('finds the best of %s, with their exact scores, best first', (_, allowed) => {
    const results = users.map((user) => search(user, allowed));
    for (const { found } of results) expect(found.every(allowed)).toBe(true);
    const missed = results.reduce((sum, { found, exact }) => sum + exact.filter((row) => !found.includes(row)).length, 0);
    expect(missed / (users.length * LIMIT)).toBeLessThan(0.001);
  });

  it('goes on to less likely rows until enough of them are allowed, or none is left', () => {
    const few = (row: number): boolean => row % 400 !== 7;
    const { found, exact } = search(users[0]!, () => true, few);
    expect(found).toEqual(exact);
    expect(found).toHaveLength(ITEMS / 400);
  });
});
