import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { ItemColumns, type CatalogueItem } from '@serendip/shared-catalogue';
import { UserStateView, emptyStatistics, statisticColumn, decayedLog, HALF_LIVES_MS } from '@serendip/shared-layouts';
import { hash64 } from '@serendip/shared-identity';
import { Batcher, FeatureComputer, RANKING_FEATURE_NAMES, Ranker, RecentQueries, type RankQuery, type RankerRuntime } from './index.js';

const NOW = 1_700_000_000_000;

function item(ordinal: number, more: Partial<CatalogueItem> = {}): CatalogueItem {
  return {
    ordinal, version: 1, deleted: false, id: `item-${ordinal}`, title: '', categories: ['all', `c${ordinal % 3}`], tags: [`t${ordinal % 5}`], price: 10 + ordinal,
    available: true, publishedAtMs: NOW - 1e9, expiresAtMs: Infinity, attributes: { brand: `b${ordinal % 2}` }, ...more,
  };
}

/** A user state record with these interactions, oldest first. */
function stateOf(ordinals: readonly number[]): UserStateView {
  const bytes = new Uint8Array(64 + ordinals.length * 24);
  const data = new DataView(bytes.buffer);
  data.setUint16(0, 1, true);
  data.setUint16(2, ordinals.length, true);
  data.setFloat64(32, NOW - 1000, true);
  ordinals.forEach((ordinal, i) => {
    const { lo, hi } = hash64(`item-${ordinal}`);
    data.setUint32(64 + i * 24, lo, true);
    data.setUint32(68 + i * 24, hi, true);
    data.setFloat64(72 + i * 24, NOW - (ordinals.length - i) * 1000, true);
    data.setFloat32(80 + i * 24, NaN, true);
    data.setUint16(84 + i * 24, 2, true);
  });
  return new UserStateView(bytes);
}

function candidatesOf(ordinals: readonly number[]) {
  return {
    ordinals: Int32Array.from(ordinals), scores: Float32Array.from(ordinals, (ordinal) => -ordinal / 10),
    personalScores: Float32Array.from(ordinals, (ordinal) => (ordinal % 4 === 0 ? NaN : ordinal)), nextScores: Float32Array.from(ordinals, (ordinal) => ordinal % 7),
  };
}

const columns = new ItemColumns();
columns.apply(Array.from({ length: 60 }, (_, ordinal) => item(ordinal, ordinal === 59 ? { price: NaN, publishedAtMs: -Infinity, categories: [], tags: [], attributes: {} } : {})));

const context = { nowMs: NOW, visit: { device: 'mobile', locale: '', country: '', attributes: {} } };
const at = (name: string): number => RANKING_FEATURE_NAMES.indexOf(name as never);

describe('FeatureComputer', () => {
  const all = (): FeatureComputer => new FeatureComputer(RANKING_FEATURE_NAMES);

  it('gives a row that depends on no other candidate, whoever was asked for before', () => {
    const computer = all();
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 70 }), { minLength: 1 }), fc.array(fc.nat(70), { maxLength: 40 }), (ordinals, history) => {
      const together = computer.compute(stateOf(history), columns, candidatesOf(ordinals), context);
      const width = RANKING_FEATURE_NAMES.length;
      ordinals.forEach((ordinal, i) => {
        const alone = all().compute(stateOf(history), columns, candidatesOf([ordinal]), context);
        expect([...together.subarray(i * width, (i + 1) * width)]).toEqual([...alone]);
      });
      expect(together.every(Number.isFinite)).toBe(true);
    }));
  });

  it('knows what a user likes', () => {
    const row = (ordinal: number) => all().compute(stateOf([0, 3, 6, 9]), columns, candidatesOf([ordinal]), context);
    expect(row(12)[at('category_affinity')]).toBeCloseTo(1);
    expect(row(13)[at('category_affinity')]).toBe(0);
    expect(row(12)[at('category_last')]).toBe(1);
    expect(row(9)[at('seen_count')]).toBeCloseTo(Math.log(2));
    expect(row(12)[at('seen_count')]).toBe(0);
  });

  it('reads statistics as of now', () => {
    const own = new ItemColumns();
    own.apply([item(1)]);
    const statistics = emptyStatistics();
    statistics[statisticColumn('engagement_1d')] = decayedLog(8, NOW - HALF_LIVES_MS[0], HALF_LIVES_MS[0]);
    own.applyStatistics(Int32Array.of(1), statistics);
    const row = all().compute(stateOf([]), own, candidatesOf([1]), context);
    expect(row[at('popularity_1d')]).toBeCloseTo(Math.log1p(4), 4);
  });

  it('knows what a user was shown and did not take up', () => {
    const record = new Uint8Array(64 + 20);
    const data = new DataView(record.buffer);
    data.setUint16(0, 2, true);
    data.setUint16(6, 1, true);
    data.setUint32(64, hash64('item-5').lo, true);
    data.setUint32(68, hash64('item-5').hi, true);
    data.setFloat64(72, NOW - 3_600_000, true);
    data.setUint16(80, 3, true);
    const row = (ordinal: number) => all().compute(new UserStateView(record), columns, candidatesOf([ordinal]), context);
    expect([row(5)[at('shown_count')], row(5)[at('shown_hours')]]).toEqual([expect.closeTo(Math.log(4)), expect.closeTo(Math.log(2))]);
    expect([row(6)[at('shown_count')], row(6)[at('shown_hours')]]).toEqual([0, 0]);
    expect(row(5)[at('clickthrough_rate')]).toBeCloseTo(0.05);
  });

  it('answers just the features that are asked for, in that order, and refuses unknown ones', () => {
    const picked = new FeatureComputer(['price_log', 'retrieval_score']).compute(stateOf([]), columns, candidatesOf([5]), context);
    expect([...picked]).toEqual([Math.fround(Math.log1p(15)), Math.fround(-0.5)]);
    expect(() => new FeatureComputer(['nonsense'])).toThrow(RangeError);
  });
});

/** Scores a row by its features' sum; counts runs. */
class SumRuntime implements RankerRuntime {
  readonly name = 'test';
  readonly device = 'test';
  readonly sessions = 1;
  runs: number[] = [];
  failNext = false;

  constructor(private readonly width: number) {}

  async run(features: Float32Array, rows: number): Promise<Float32Array> {
    this.runs.push(rows);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.failNext) {
      this.failNext = false;
      throw new Error('device lost');
    }
    return Float32Array.from({ length: rows }, (_, row) => features.subarray(row * this.width, (row + 1) * this.width).reduce((sum, value) => sum + value, 0));
  }

  async close(): Promise<void> {}
}

describe('Batcher', () => {
  const batcher = (runtime: SumRuntime) => new Batcher(runtime, { features: 2, heads: 1, maxRows: 6, maxDelayMs: 0, sessions: 1 });

  it('runs what waits together, within the limit, and gives each request its own rows', async () => {
    const runtime = new SumRuntime(2);
    const shared = batcher(runtime);
    const answers = await Promise.all([1, 2, 3, 4].map((n) => shared.score(Float32Array.from({ length: n * 2 }, () => n))));
    expect(answers.map((scores) => [...scores])).toEqual([[2], [4, 4], [6, 6, 6], [8, 8, 8, 8]]);
    expect(runtime.runs).toEqual([1, 5, 4]);
  });

  it('adds up how long runs take, those that fail too', async () => {
    const runtime = new SumRuntime(2);
    const counting = batcher(runtime);
    expect(counting.busySeconds).toBe(0);
    await counting.score(new Float32Array(2));
    const once = counting.busySeconds;
    expect(once).toBeGreaterThan(0);
    runtime.failNext = true;
    await expect(counting.score(new Float32Array(2))).rejects.toThrow('device lost');
    expect(counting.busySeconds).toBeGreaterThan(once);
  });

  it('lets a request wait for others where it may, until a run is full', async () => {
    const runtime = new SumRuntime(2);
    const patient = new Batcher(runtime, { features: 2, heads: 1, maxRows: 6, maxDelayMs: 1000, sessions: 1 });
    await Promise.all([1, 2, 3].map((n) => patient.score(new Float32Array(n * 2))));
    expect(runtime.runs).toEqual([6]);
  });

  it('lets nobody wait longer than that', async () => {
    const runtime = new SumRuntime(2);
    const patient = new Batcher(runtime, { features: 2, heads: 1, maxRows: 6, maxDelayMs: 5, sessions: 1 });
    expect([...await patient.score(Float32Array.of(1, 1))]).toEqual([2]);
  });

  it('makes runs as large as it pays on the device: what a run costs by itself is shared, and no more than that', async () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const full = async (runMs: number, rowMs: number) => {
      const runtime: RankerRuntime = { name: 'test', device: 'test', sessions: 1, run: async (_, rows) => { now += runMs + rows * rowMs; return new Float32Array(rows); }, close: async () => undefined };
      const calibrated = new Batcher(runtime, { features: 2, heads: 1, maxRows: 4096, maxDelayMs: 0, sessions: 1 });
      await calibrated.calibrate();
      return calibrated.rowsOfFullRun;
    };
    try {
      expect([await full(0.02, 0.001), await full(2, 0.02), await full(50, 0.001), await full(0, 0.001)]).toEqual([400, 2000, 4096, 1]);
    } finally {
      clock.mockRestore();
    }
  });

  it('fails the requests of a failed run and goes on', async () => {
    const runtime = new SumRuntime(2);
    const shared = batcher(runtime);
    runtime.failNext = true;
    await expect(shared.score(Float32Array.of(1, 1))).rejects.toThrow('device lost');
    expect([...await shared.score(Float32Array.of(1, 1))]).toEqual([2]);
  });

  it('answers nothing for nothing', async () => {
    expect(await batcher(new SumRuntime(2)).score(new Float32Array(0))).toHaveLength(0);
  });
});

describe('RecentQueries', () => {
  const at = (nowMs: number) => ({ context: { nowMs } }) as unknown as RankQuery;

  it('keeps the newest 32 of a tenant, one every 200 ms at most', () => {
    const recent = new RecentQueries();
    for (let ms = 0; ms < 20_000; ms += 50) recent.record('t', at(ms));
    recent.record('u', at(7));
    expect(recent.of('t').map(({ context: { nowMs } }) => nowMs).sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, i) => 19_800 - (31 - i) * 200));
    expect([recent.of('u').length, recent.of('v').length]).toEqual([1, 0]);
  });

  it('keeps nothing of the person that a request was for', () => {
    const recent = new RecentQueries();
    const query = { state: stateOf([1]), columns, candidates: candidatesOf([1, 2]), context: { nowMs: NOW, visit: { device: 'tv' } }, objective: [], featureRows: 0 } as unknown as RankQuery;
    recent.record('t', query);
    const [kept] = recent.of('t');
    expect(kept).toMatchObject({ candidates: query.candidates, context: { nowMs: NOW } });
    expect([kept!.state.interactions, kept!.context.visit]).toEqual([0, undefined]);
  });
});

describe('Ranker', () => {
  const spec = { name: 'r@1', features: ['price_log', 'retrieval_score'], heads: [{ name: 'engage', weight: 1 }], bytes: 0, means: Float32Array.of(1, 0) };
  const query = { state: stateOf([]), columns, candidates: candidatesOf([1, 2, 3]), context, objective: [], featureRows: 0 };

  it('answers one score for each candidate, and its best rows when asked', async () => {
    const ranker = new Ranker(spec, new SumRuntime(2));
    const { scores } = await ranker.rank(query);
    expect(scores).toHaveLength(3);
    const { rows } = await ranker.rank({ ...query, featureRows: 2 });
    expect(rows!.ordinals).toHaveLength(2);
    expect(rows!.features).toHaveLength(4);
  });

  it('is tried on requests as they came, and refuses to serve when it scores one of them with no number', async () => {
    const runtime = new SumRuntime(2);
    const ranker = new Ranker(spec, runtime);
    await ranker.warmUp({ columns, nowMs: NOW, requests: [{ ...query, candidates: candidatesOf([1, 2, 3, 4, 5]) }] });
    expect(runtime.runs.slice(0, 60).every((rows) => rows === 5)).toBe(true);
    runtime.run = async (_, rows) => new Float32Array(rows).fill(NaN);
    await expect(ranker.warmUp({ columns, nowMs: NOW, requests: [query] })).rejects.toThrow('it scored a candidate NaN in a request as it came lately');
    await expect(ranker.warmUp({ columns, nowMs: NOW, requests: [] })).rejects.toThrow('made-up');
  });

  it('explains rows: scores of heads, and what each feature at its mean would change', async () => {
    const runtime = new SumRuntime(2);
    const ranker = new Ranker(spec, runtime);
    const { scores, rows } = await ranker.rank({ ...query, featureRows: 3 });
    runtime.runs = [];
    const explained = await ranker.explain(rows!.features, [{ head: 'engage', weight: 2 }]);
    expect([...explained.headScores]).toEqual([...scores].sort((a, b) => b - a));
    expect([...explained.weights]).toEqual([2]);
    expect(explained.baseline).toBe(2);
    // A sum's features contribute what they differ from their means, 1 and 0.
    [...explained.contributions].forEach((contribution, i) => expect(contribution).toBeCloseTo(2 * (rows!.features[i]! - (i % 2 === 0 ? 1 : 0)), 5));
    await expect(ranker.explain(rows!.features.subarray(1), [])).rejects.toThrow(RangeError);
  });

  it('explains many rows as it explains each by itself, in runs that nobody waits for longer than for a request', async () => {
    const runtime = new SumRuntime(2);
    const ranker = new Ranker(spec, runtime);
    const rows = Float32Array.from({ length: 400 }, (_, i) => (i * 37) % 101);
    const each = await Promise.all(Array.from({ length: 200 }, (_, i) => ranker.explain(rows.subarray(2 * i, 2 * i + 2), [])));
    runtime.runs = [];
    const { headScores, contributions } = await ranker.explain(rows, []);
    expect(runtime.runs).toEqual([1, 510, 90]);
    expect([...headScores]).toEqual(each.flatMap((explained) => [...explained.headScores]));
    expect([...contributions]).toEqual(each.flatMap((explained) => [...explained.contributions]));
  });

  it('weighs heads by the objective that is asked for', async () => {
    const ranker = new Ranker(spec, new SumRuntime(2));
    const [plain, doubled] = await Promise.all([ranker.rank(query), ranker.rank({ ...query, objective: [{ head: 'engage', weight: 2 }] })]);
    expect(doubled.scores[1]).toBeCloseTo(2 * plain.scores[1]!, 5);
  });
});
