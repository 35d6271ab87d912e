import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateFullRanking } from './full-ranking.js';
import { groupNdcg } from './group-ndcg.js';
import { offPolicyEstimate } from './off-policy.js';
import { pairedBootstrap } from './paired-bootstrap.js';
import { requestQuality } from './request-quality.js';
import { TopList } from './top-list.js';
import { Random } from '../random.js';

describe('TopList', () => {
  it('places relevant ones as a full sort with ties against them does', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 1, maxLength: 30 });
    fc.assert(fc.property(rows, fc.integer({ min: 1, max: 12 }), (candidates, k) => {
      const top = new TopList(k);
      for (const [score, relevant] of candidates) top.add(score, relevant);
      const sorted = candidates.toSorted(([a, aRelevant], [b, bRelevant]) => b - a || Number(aRelevant) - Number(bRelevant)).slice(0, k);
      const all = candidates.filter(([, relevant]) => relevant).length;
      const gain = sorted.reduce((sum, [, relevant], rank) => sum + (relevant ? 1 / Math.log2(rank + 2) : 0), 0);
      const ideal = Array.from({ length: Math.min(all, k) }, (_, rank) => 1 / Math.log2(rank + 2)).reduce((sum, value) => sum + value, 0);
      expect(top.hits()).toBe(sorted.filter(([, relevant]) => relevant).length);
      if (all > 0) expect(top.ndcg(all)).toBeCloseTo(gain / ideal, 10);
    }));
  });

  it('takes NaN for the lowest score', () => {
    const top = new TopList(1);
    top.add(NaN, true);
    top.add(-1e30, false);
    expect(top.hits()).toBe(0);
  });
});

describe('evaluateFullRanking', () => {
  const histories = { offsets: Int32Array.of(0, 1, 2, 4), items: Int32Array.of(0, 1, 2, 3) };
  const targets = { offsets: Int32Array.of(0, 1, 2, 4), items: Int32Array.of(2, 1, 4, 0) };

  it('masks what was seen, drops targets that were, and measures the rest', async () => {
    const rows = [[9, 5, 4, 3, 2], [9, 9, 9, 9, 9], [1, 9, 8, 7, 2]];
    const result = await evaluateFullRanking({ heldOut: { histories, targets }, itemCount: 5, k: 2, batch: 1, score: (cases) => Float32Array.from([...cases].flatMap((one) => rows[one]!)) });
    // Case 0: item 0 is masked, so item 2 is second. Case 1: its target was seen. Case 2: items 1, then 4: one of two targets, second.
    expect(result.cases).toBe(2);
    expect([...result.hits]).toEqual([1, 1]);
    expect(result.ndcgs[0]).toBeCloseTo(1 / Math.log2(3), 5);
    expect(result.ndcgs[1]).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 5);
    expect(result.ndcg).toBeCloseTo((result.ndcgs[0]! + result.ndcgs[1]!) / 2, 6);
  });

  it('gives a model that cannot tell items apart nothing', async () => {
    const result = await evaluateFullRanking({ heldOut: { histories, targets }, itemCount: 5, k: 3, score: (cases) => new Float32Array(cases.length * 5) });
    expect(result.hits[0]).toBe(0);
  });
});

describe('groupNdcg', () => {
  it('reads its column and marks groups with nothing relevant', () => {
    const labels = Float32Array.of(1, 0, 0, 0, 0, 1);
    const scores = Float32Array.of(7, 1, 7, 2, 7, 1, 7, 2, 7, 3, 7, 4);
    const ndcgs = groupNdcg({ scores, scoreStride: 2, scoreColumn: 1, labels, offsets: Int32Array.of(0, 2, 4, 6) });
    expect([...ndcgs]).toEqual([expect.closeTo(1 / Math.log2(3), 5), NaN, 1]);
  });
});

describe('requestQuality', () => {
  it('orders by score, keeps the order of the rows at equal ones, and counts what was never among them', () => {
    const labels = Float32Array.of(1, 0, 0, 1, 0, 0);
    const { ndcgs, hits, reciprocalRanks } = requestQuality({ offsets: Int32Array.of(0, 3, 5, 6), labels, targets: [1, 2, 1] }, [5, 5, 1, 2, 3, 1], 1);
    expect([...ndcgs]).toEqual([1, 0, 0]);
    expect([...hits]).toEqual([1, 0, 0]);
    expect([...reciprocalRanks]).toEqual([1, 0.5, 0]);
    expect(requestQuality({ offsets: Int32Array.of(0, 2), labels: Float32Array.of(0, 1), targets: [2] }, [1, 2]).ndcgs[0]).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 10);
  });
});

describe('offPolicyEstimate', () => {
  it('finds what a policy would earn from what another one logged', () => {
    const random = new Random(4);
    const worth = [0.1, 0.6, 0.3];
    const logging = [0.6, 0.1, 0.3];
    const shown = Array.from({ length: 40_000 }, () => { const draw = random.unit(); return draw < 0.6 ? 0 : draw < 0.7 ? 1 : 2; });
    const choices = { rewards: shown.map((one) => (random.unit() < worth[one]! ? 1 : 0)), propensities: shown.map((one) => logging[one]!), chances: shown.map((one) => (one === 1 ? 1 : 0)) };
    const { ips, snips, effectiveSamples, clipped } = offPolicyEstimate(choices);
    expect(ips).toBeCloseTo(0.6, 1);
    expect(snips).toBeCloseTo(0.6, 1);
    expect(effectiveSamples).toBeCloseTo(shown.filter((one) => one === 1).length, 6);
    expect(clipped).toBe(0);
  });

  it('cuts weights, says how many, and has nothing to say of nothing', () => {
    expect(offPolicyEstimate({ rewards: [1, 1], propensities: [0.001, 1], chances: [1, 1] }, 10)).toMatchObject({ ips: 5.5, snips: 1, clipped: 1, effectiveSamples: 121 / 101 });
    expect(offPolicyEstimate({ rewards: [], propensities: [], chances: [] })).toMatchObject({ ips: 0, snips: 0, effectiveSamples: 0 });
  });
});

describe('pairedBootstrap', () => {
  it('brackets a clear difference away from 0 and no difference around it', () => {
    const base = Float32Array.from({ length: 400 }, (_, i) => (i * 7919) % 100);
    const better = base.map((value, i) => value + 5 + (i % 5));
    const mixed = base.map((value, i) => value + (i % 2 === 0 ? 3 : -3));
    const clear = pairedBootstrap(better, base);
    expect(clear.mean).toBeCloseTo(7, 5);
    expect(clear.low).toBeGreaterThan(6.5);
    expect(clear.high).toBeLessThan(7.5);
    const none = pairedBootstrap(mixed, base);
    expect(none.low).toBeLessThan(0);
    expect(none.high).toBeGreaterThan(0);
  });

  it('draws cases that depend on each other together', () => {
    const people = Array.from({ length: 40 }, (_, person) => ({ person, difference: ((person * 7) % 11) - 4 }));
    const zeros = (length: number): Float64Array => new Float64Array(length);
    const each = people.map(({ difference }) => difference);
    const often = people.flatMap(({ difference }) => [difference, difference, difference, difference]);
    const groups = people.flatMap(({ person }) => [person, person, person, person]);
    const grouped = pairedBootstrap(often, zeros(160), { groups });
    expect(grouped).toEqual(pairedBootstrap(each, zeros(40)));
    const apart = pairedBootstrap(often, zeros(160));
    expect(grouped.high - grouped.low).toBeGreaterThan(1.5 * (apart.high - apart.low));
  });

  it('weighs a group by its cases', () => {
    const { mean, low, high } = pairedBootstrap([1, 1, 1, 0], [0, 0, 0, 0], { groups: [5, 5, 5, 9] });
    expect([mean, low, high]).toEqual([0.75, 0, 1]);
  });

  it('repeats itself, and refuses what is not pairs', () => {
    const a = [1, 2, 3, 5];
    expect(pairedBootstrap(a, [0, 0, 4, 1])).toEqual(pairedBootstrap(a, [0, 0, 4, 1]));
    expect(pairedBootstrap([], [])).toEqual({ mean: 0, low: 0, high: 0 });
    expect(() => pairedBootstrap(a, [1])).toThrow(RangeError);
    expect(() => pairedBootstrap(a, a, { groups: [1] })).toThrow(RangeError);
  });
});
