import { describe, expect, it } from '@jest/globals';
import { FakeCatalogue } from '../testing/fake-catalogue.js';
import { randomNumbers } from '../random-numbers.js';
import { FakePlaceSearch } from '../testing/fake-place-search.js';
import type { PlaceSearch } from '../vectors/place-search.js';
import { VectorIndex } from '../vectors/vector-index.js';
import { ItemVectors } from './item-vectors.js';
import { prepareRetriever } from './prepare-retriever.js';
import { RetrieverModel } from './retriever-model.js';

const ITEMS = 20_000;
const DIMENSION = 32;
const LIMIT = 100;

/** Vectors of very different lengths, as popular and unpopular items have, in groups of items that are much alike. */
function model(elsewhere?: (index: VectorIndex) => PlaceSearch): RetrieverModel {
  const next = randomNumbers(3);
  const normal = (): number => next() + next() + next() - 1.5;
  const groups = Array.from({ length: 200 }, () => Float32Array.from({ length: DIMENSION }, normal));
  const itemOut = new Float32Array(ITEMS * DIMENSION);
  for (let item = 0; item < ITEMS; item++) {
    const length = Math.exp(2 * normal());
    for (let c = 0; c < DIMENSION; c++) itemOut[item * DIMENSION + c] = length * (groups[item % 200]![c]! + 0.3 * normal());
  }
  const table = (rows: number): Float32Array => new Float32Array(rows * DIMENSION);
  const prepared = prepareRetriever({
    reference: 'test@1', items: Array.from({ length: ITEMS }, (_, i) => `item-${i}`), itemOut, bias: Float32Array.from({ length: ITEMS }, normal), dimension: DIMENSION,
    encoder: { dimension: DIMENSION, lags: 1, hidden: 1, itemIn: table(ITEMS), lagWeights: table(1), w1: table(1), b1: new Float32Array(1), w2: table(1) },
  });
  return new RetrieverModel(prepared, { elsewhere: elsewhere?.(new VectorIndex(prepared.index)) });
}

describe('the search in many items', () => {
  const catalogue = new FakeCatalogue(Array.from({ length: ITEMS }, (_, i) => ({ id: `item-${i}` })));
  const vectors = new ItemVectors(model(), catalogue.columns, { clock: () => 0 });
  do vectors.refresh(1); while (vectors.isBehind);
  const next = randomNumbers(9);
  const users = Array.from({ length: 40 }, () => Float32Array.from({ length: DIMENSION }, () => next() - 0.5));
  const every = Int32Array.from({ length: ITEMS }, (_, row) => row);

  function search(user: Float32Array, allowed: (row: number) => boolean, refused: (row: number) => boolean = () => false): { readonly found: readonly number[]; readonly exact: readonly number[] } {
    const mask = Uint8Array.from(every, (row) => (allowed(row) ? 1 : 0));
    const { rows, scores: foundScores } = vectors.searchHere(user, { rows: every, mask, allows: (row) => mask[row] === 1 && !refused(row) }, LIMIT);
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

describe('the search in many items that a card does', () => {
  /** The last 5,000 items are new to the version, and every hundredth of its own has left the catalogue. */
  const NEW = 5000;
  const here = ITEMS - ITEMS / 100;
  const catalogue = new FakeCatalogue([...Array.from({ length: ITEMS }, (_, i) => i).filter((i) => i % 100 !== 3), ...Array.from({ length: NEW }, (_, i) => ITEMS + i)]
    .map((i) => ({ id: `item-${i}`, categories: [`c${i % 50}`] })));
  const every = Int32Array.from({ length: here + NEW }, (_, row) => row);
  const next = randomNumbers(9);
  const users = Array.from({ length: 6 }, () => Float32Array.from({ length: DIMENSION }, () => next() - 0.5));
  let card!: FakePlaceSearch;
  const vectors = new ItemVectors(model((index) => (card = new FakePlaceSearch(index))), catalogue.columns, { clock: () => 0 });
  do vectors.refresh(1); while (vectors.isBehind);

  function exact(user: Float32Array, allowed: (row: number) => boolean): readonly number[] {
    const scores = vectors.score(user, every);
    return [...every].filter(allowed).sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, LIMIT);
  }

  async function found(user: Float32Array, allowed: (row: number) => boolean, refused: (row: number) => boolean = () => false): Promise<readonly number[]> {
    const mask = Uint8Array.from(every, (row) => (allowed(row) ? 1 : 0));
    const rows = every.filter(allowed);
    const best = await vectors.search(user, { rows, mask, allows: (row) => mask[row] === 1 && !refused(row) }, LIMIT);
    expect([...best.scores]).toEqual([...vectors.score(user, best.rows)]);
    return [...best.rows];
  }

  it.each([['all of them', () => true], ['every third', (row: number) => row % 3 === 0]])('is exact over %s, new ones too, with the same scores, for searches that go on at the same time', async (_, allowed) => {
    const before = card.asked.length;
    const answers = await Promise.all(users.map((user) => found(user, allowed)));
    answers.forEach((answer, i) => expect(answer).toEqual(exact(users[i]!, allowed)));
    expect(card.asked.length).toBe(before + users.length);
  });

  it('goes on here when filters turn down what the card has found', async () => {
    const refused = (row: number): boolean => row % 400 !== 7;
    const answer = await found(users[0]!, () => true, refused);
    expect(answer).toEqual(exact(users[0]!, (row) => !refused(row)));
    expect(answer.length).toBeGreaterThan(0);
  });

  it('does not trouble the card with few rows', async () => {
    const before = card.asked.length;
    expect(await found(users[0]!, (row) => row % 10 === 0)).toEqual(exact(users[0]!, (row) => row % 10 === 0));
    expect(card.asked.length).toBe(before);
  });

  it('goes on here when the card fails, tries it again, and no more once it is lost', async () => {
    const right = exact(users[0]!, () => true);
    const overlap = (answer: readonly number[]): number => answer.filter((row) => right.includes(row)).length;
    card.fails = true;
    expect(overlap(await found(users[0]!, () => true))).toBeGreaterThan(LIMIT * 0.95);
    card.fails = false;
    const before = card.asked.length;
    expect(await found(users[0]!, () => true)).toEqual(right);
    expect(card.asked.length).toBe(before + 1);
    card.isLost = true;
    expect(overlap(await found(users[0]!, () => true))).toBeGreaterThan(LIMIT * 0.95);
    expect(card.asked.length).toBe(before + 1);
  });
});
