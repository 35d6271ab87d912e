import { describe, expect, it } from '@jest/globals';
import { ItemColumns, type CatalogueItem } from '@serendip/shared-catalogue';
import { hash64 } from '@serendip/shared-identity';
import { HALF_LIVES_MS, UserStateView, decayedLog, emptyStatistics, eventTypeCode, logAdd, statisticColumn } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { FeatureComputer, FeatureReader, NAMEABLE_FEATURES, RANKING_FEATURES, namedFeature } from './index.js';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const TYPES = ['view', 'click', 'purchase', 'own.type'] as const;
const ITEMS = 12;

const item = (ordinal: number): CatalogueItem => ({
  ordinal, version: 1, deleted: false, id: `item-${ordinal}`, title: '', categories: ['all', `c${ordinal % 3}`], tags: [`t${ordinal % 4}`], price: ordinal === 0 ? NaN : 10 + ordinal,
  available: true, publishedAtMs: NOW - 1e9, expiresAtMs: Infinity, attributes: { brand: `b${ordinal % 2}`, margin: ordinal / 10, isNew: true, colours: ['red', 'blue'] },
});

/** What a person did with an item, so many hours ago. */
interface Done {
  readonly ordinal: number;
  readonly type: (typeof TYPES)[number];
  readonly hoursAgo: number;
}

/** A user state of what was done, with counters. */
function stateOf(done: readonly Done[]): UserStateView {
  const sorted = [...done].sort((a, b) => b.hoursAgo - a.hoursAgo);
  const types = [...new Set(sorted.map(({ type }) => eventTypeCode(type)))].sort((a, b) => a - b);
  const data = new DataView(new ArrayBuffer(64 + sorted.length * 24 + types.length * 32));
  data.setUint16(0, 2, true);
  data.setUint16(2, sorted.length, true);
  data.setUint16(4, types.length, true);
  data.setFloat64(32, sorted.length === 0 ? 0 : NOW - sorted.at(-1)!.hoursAgo * HOUR, true);
  sorted.forEach(({ ordinal, type, hoursAgo }, i) => {
    const { lo, hi } = hash64(`item-${ordinal}`);
    data.setUint32(64 + i * 24, lo, true);
    data.setUint32(68 + i * 24, hi, true);
    data.setFloat64(72 + i * 24, NOW - hoursAgo * HOUR, true);
    data.setFloat32(80 + i * 24, NaN, true);
    data.setUint16(84 + i * 24, eventTypeCode(type), true);
  });
  types.forEach((code, i) => {
    const at = 64 + sorted.length * 24 + i * 32;
    const own = sorted.filter(({ type }) => eventTypeCode(type) === code);
    data.setUint16(at, code, true);
    data.setUint32(at + 4, own.length, true);
    HALF_LIVES_MS.forEach((halfLife, h) => {
      data.setFloat64(at + 8 + h * 8, own.reduce((sum, { hoursAgo }) => logAdd(sum, decayedLog(1, NOW - hoursAgo * HOUR, halfLife)), -Infinity), true);
    });
  });
  return new UserStateView(new Uint8Array(data.buffer));
}

/** Items whose last events were so many hours ago; undefined for one that nothing has happened to. */
function columnsOf(idle: readonly (number | undefined)[]): ItemColumns {
  const columns = new ItemColumns();
  columns.apply(idle.map((_, ordinal) => item(ordinal)));
  idle.forEach((hoursAgo, ordinal) => {
    if (hoursAgo === undefined) return;
    const statistics = emptyStatistics();
    const timeMs = NOW - hoursAgo * HOUR;
    for (const name of ['engagement_1d', 'engagement_7d', 'engagement_30d', 'clicks_7d'] as const) statistics[statisticColumn(name)] = decayedLog(4, timeMs, 7 * 24 * HOUR);
    statistics[statisticColumn('last_event_ms')] = timeMs;
    columns.applyStatistics(Int32Array.of(ordinal), statistics);
  });
  return columns;
}

const candidatesOf = (ordinals: readonly number[]) => {
  const scores = Float32Array.from(ordinals, (ordinal) => (ordinal % 4 === 0 ? NaN : ordinal));
  return { ordinals: Int32Array.from(ordinals), scores: scores.map((score) => score || 0), personalScores: scores, nextScores: new Float32Array(ordinals.length) };
};
const context = { nowMs: NOW, visit: { device: '', locale: '', country: 'NO', attributes: { rain: { value: { case: 'number', value: 0 } } } } };

const done = fc.record({ ordinal: fc.nat(ITEMS - 1), type: fc.constantFrom(...TYPES), hoursAgo: fc.double({ min: 0.1, max: 900, noNaN: true }) });
const history = fc.array(done, { maxLength: 40 });
const idle = fc.array(fc.option(fc.double({ min: 0.1, max: 900, noNaN: true }), { nil: undefined }), { minLength: ITEMS, maxLength: ITEMS });
const hours = fc.integer({ min: 1, max: 900 });
const families = ['user_count.click.7d', 'user_idle.purchase', 'item_count.click.7d', 'category_count.view.30d', 'pair_count.own.type.1d'];
const dated = [...RANKING_FEATURES.filter((feature) => feature.dated !== 'undated').map(({ name }) => name as string), ...families];

describe('a time-to-live', () => {
  it('makes a value unknown once the newest fact behind it is older, and changes no other', () => {
    const newest = (all: readonly Done[], isBehind: (one: Done) => boolean): number => Math.min(Infinity, ...all.filter(isBehind).map(({ hoursAgo }) => hoursAgo));
    const sharesTag = (a: number, b: number): boolean => a % 4 === b % 4 || a % 2 === b % 2;
    const ages: Readonly<Record<string, (ordinal: number, world: { readonly all: readonly Done[]; readonly idle: readonly (number | undefined)[] }) => number>> = {
      popularity_7d: (ordinal, world) => world.idle[ordinal] ?? Infinity,
      click_rate: (ordinal, world) => world.idle[ordinal] ?? Infinity,
      'item_count.click.7d': (ordinal, world) => world.idle[ordinal] ?? Infinity,
      user_events: (_, { all }) => newest(all, () => true),
      'user_count.click.7d': (_, { all }) => (all.some(({ type }) => type === 'click') ? newest(all, () => true) : Infinity),
      'user_idle.purchase': (_, { all }) => newest(all, ({ type }) => type === 'purchase'),
      seen_hours: (ordinal, { all }) => newest(all, (one) => one.ordinal === ordinal),
      category_affinity: (ordinal, { all }) => newest(all, (one) => one.ordinal % 3 === ordinal % 3),
      category_affinity_broad: (_, { all }) => newest(all, () => true),
      label_affinity_best: (ordinal, { all }) => newest(all, (one) => sharesTag(one.ordinal, ordinal)),
      price_distance: (_, { all }) => newest(all, (one) => one.ordinal !== 0),
      'category_count.view.30d': (ordinal, { all }) => newest(all, (one) => one.type === 'view' && one.ordinal % 3 === ordinal % 3),
      'pair_count.own.type.1d': (ordinal, { all }) => newest(all, (one) => one.type === 'own.type' && one.ordinal === ordinal),
    };
    const names = Object.keys(ages);
    const ordinals = Array.from({ length: ITEMS }, (_, ordinal) => ordinal);
    fc.assert(fc.property(history, idle, hours, (all, lastEvents, limit) => {
      const columns = columnsOf(lastEvents);
      const limited = new FeatureComputer(names.map((name) => `${name}@${limit}h`)).compute(stateOf(all), columns, candidatesOf(ordinals), context);
      const unlimited = new FeatureComputer(names).compute(stateOf(all), columns, candidatesOf(ordinals), context);
      ordinals.forEach((ordinal, i) => names.forEach((name, column) => {
        const age = ages[name]!(ordinal, { all, idle: lastEvents });
        if (Math.abs(age - limit) < 1e-6) return;
        expect([name, limited[i * names.length + column]]).toEqual([name, age > limit ? 0 : unlimited[i * names.length + column]]);
      }));
    }));
  });

  it('gives the same value to whoever computes it: one of many candidates or alone, before or after other requests', () => {
    const names = [...dated.map((name) => `${name}@200h`), ...dated, 'retrieval_score'];
    const used = new FeatureComputer(names);
    fc.assert(fc.property(history, idle, fc.uniqueArray(fc.nat(ITEMS + 2), { minLength: 1 }), (all, lastEvents, ordinals) => {
      const columns = columnsOf(lastEvents);
      const together = used.compute(stateOf(all), columns, candidatesOf(ordinals), context);
      ordinals.forEach((ordinal, i) => {
        const alone = new FeatureComputer(names).compute(stateOf(all), columns, candidatesOf([ordinal]), context);
        expect([...together.subarray(i * names.length, (i + 1) * names.length)]).toEqual([...alone]);
      });
    }), { numRuns: 30 });
  });

  it('can be had by whatever something dates, in seconds, minutes, hours and days, and by nothing else', () => {
    expect(['seen_count@30s', 'seen_count@5m', 'seen_count@2h', 'user_count.a.b.7d@30d'].map((name) => namedFeature(name).timeToLiveMs)).toEqual([30_000, 300_000, 7_200_000, 2_592_000_000]);
    for (const name of dated) expect(namedFeature(`${name}@1d`).timeToLiveMs).toBe(86_400_000);
    for (const { name } of RANKING_FEATURES.filter((feature) => feature.dated === 'undated')) expect(() => namedFeature(`${name}@1d`)).toThrow(/has no time-to-live/);
    expect(() => namedFeature('item_count.impression.7d@1d')).toThrow(/has no time-to-live/);
    expect(() => namedFeature('seen_count@0d')).toThrow(/never be known/);
    for (const name of ['seen_count@', 'seen_count@30', 'seen_count@30w', 'seen_count@1d@2d', 'nonsense@1d']) expect(() => new FeatureComputer([name])).toThrow(RangeError);
  });
});

describe('features of families', () => {
  const state = stateOf([
    { ordinal: 1, type: 'click', hoursAgo: 168 }, { ordinal: 4, type: 'click', hoursAgo: 24 }, { ordinal: 1, type: 'purchase', hoursAgo: 48 }, { ordinal: 2, type: 'own.type', hoursAgo: 1 },
  ]);
  const valueOf = (name: string, ordinal: number): number => new FeatureComputer([name]).compute(state, columnsOf(Array.from({ length: ITEMS }, () => 168)), candidatesOf([ordinal]), context)[0]!;

  it.each([
    ['user_count.click.7d', 5, Math.log1p(0.5 + 2 ** (-1 / 7))], ['user_count.own.type.1d', 5, Math.log1p(2 ** (-1 / 24))], ['user_count.view.7d', 5, 0],
    ['user_idle.purchase', 5, Math.log1p(48)], ['user_idle.view', 5, 0], ['item_count.click.7d', 5, Math.log1p(2)], ['item_count.purchase.7d', 5, 0],
    ['category_count.click.7d', 7, Math.log1p(0.5 + 2 ** (-1 / 7))], ['category_count.click.7d', 8, 0], ['pair_count.click.7d', 1, Math.log1p(0.5)], ['pair_count.click.7d', 7, 0],
    ['item.margin', 5, 0.5], ['item.isNew', 5, 1], ['item.none', 5, 0], ['item.brand', 5, 0], ['item.brand=b1', 5, 1], ['item.brand=b1', 4, 0], ['item.colours=blue', 5, 1],
    ['item.margin', ITEMS + 5, 0], ['category_count.click.7d', ITEMS + 5, 0],
  ])('%s of item %d is %d', (name, ordinal, expected) => {
    expect(valueOf(name, ordinal)).toBeCloseTo(expected, 5);
  });

  it('are refused, with what there is, when they make no sense', () => {
    for (const [name, why] of [['user_count.click', /half-life/], ['user_count.click.5d', /half-life/], ['category_count.impression.7d', /shown_count/], ['item_count.like.7d', /view, click/], ['item_count.click.1d', /7d/], ['item.', /no attribute/], ['item.=a', /no attribute/]] as const) {
      expect(() => new FeatureComputer([name])).toThrow(why);
    }
  });

  it('are listed after the declared ones', () => {
    expect(NAMEABLE_FEATURES.slice(RANKING_FEATURES.length).map(({ name }) => name)).toEqual([
      'user_count.<type>.<half-life>', 'user_idle.<type>', 'user.<attribute>', 'item_count.<type>.7d', 'item.<attribute>', 'category_count.<type>.<half-life>', 'pair_count.<type>.<half-life>', 'context.<name>',
    ]);
  });
});

describe('FeatureComputer of some features only', () => {
  it('gives each the value that it has among all', () => {
    const all = [...RANKING_FEATURES.map(({ name }) => name as string), ...families];
    fc.assert(fc.property(history, idle, fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 4 }), (done, lastEvents, names) => {
      const columns = columnsOf(lastEvents);
      const candidates = { ...candidatesOf([0, 3, 5, ITEMS + 1]), tasteScores: Float32Array.of(0.1, 0, 0.2, 0.3) };
      const some = new FeatureComputer(names).compute(stateOf(done), columns, candidates, context);
      const whole = new FeatureComputer(all).compute(stateOf(done), columns, candidates, context);
      for (let i = 0; i < 4; i++) names.forEach((name, column) => expect([name, some[i * names.length + column]]).toEqual([name, whole[i * all.length + all.indexOf(name)]]));
    }));
  });
});

describe('the status of a value', () => {
  const columns = columnsOf([undefined, 300, 10, ...Array.from({ length: ITEMS - 3 }, () => 20)]);
  const statuses = (names: readonly string[], ordinal: number, done: readonly Done[] = [{ ordinal: 1, type: 'click', hoursAgo: 50 }]) => {
    const { statuses: all } = new FeatureReader(names).read({ state: stateOf(done), columns, candidates: candidatesOf([ordinal]), context });
    return Object.fromEntries(names.map((name, i) => [name, all[i]]));
  };

  it('tells what is there from what is not, what nobody knows, and what is too old', () => {
    const names = ['seen_count', 'seen_count@49h', 'seen_count@51h', 'price_log', 'popularity_7d', 'popularity_7d@200h', 'personal_score', 'user_idle.purchase', 'hour_sin', 'item.margin', 'item.none', 'context.country=NO', 'context.rain', 'context.snow', 'device_tv', 'taste_score'];
    expect(statuses(names, 1)).toEqual({
      seen_count: 'PRESENT', 'seen_count@49h': 'OUTSIDE_MAX_AGE', 'seen_count@51h': 'PRESENT', price_log: 'PRESENT', popularity_7d: 'PRESENT', 'popularity_7d@200h': 'OUTSIDE_MAX_AGE', personal_score: 'PRESENT',
      'user_idle.purchase': 'NULL_VALUE', hour_sin: 'PRESENT', 'item.margin': 'PRESENT', 'item.none': 'NULL_VALUE', 'context.country=NO': 'PRESENT', 'context.rain': 'PRESENT', 'context.snow': 'NULL_VALUE', device_tv: 'NULL_VALUE', taste_score: 'NULL_VALUE',
    });
    expect(statuses(['seen_count', 'price_log', 'popularity_7d', 'personal_score'], 0)).toEqual({ seen_count: 'NULL_VALUE', price_log: 'NULL_VALUE', popularity_7d: 'NULL_VALUE', personal_score: 'NULL_VALUE' });
    expect(statuses(['seen_count', 'price_log', 'user_events'], ITEMS + 3)).toEqual({ seen_count: 'NOT_FOUND', price_log: 'NOT_FOUND', user_events: 'PRESENT' });
    expect(statuses(['seen_count', 'price_log', 'user_events'], 2, [])).toEqual({ seen_count: 'NOT_FOUND', price_log: 'PRESENT', user_events: 'NOT_FOUND' });
  });

  it('belongs to the value that rankers see: 0 where it is too old, the same as without a time-to-live where it is there', () => {
    const names = dated.map((name) => `${name}@100h`);
    fc.assert(fc.property(history, idle, fc.nat(ITEMS), (done, lastEvents, ordinal) => {
      const asked = { state: stateOf(done), columns: columnsOf(lastEvents), candidates: candidatesOf([ordinal]), context };
      const { values, statuses: all, newestMs } = new FeatureReader(names).read(asked);
      expect(values).toEqual(new FeatureComputer(names).compute(asked.state, asked.columns, asked.candidates, context));
      const unlimited = new FeatureComputer(dated).compute(asked.state, asked.columns, asked.candidates, context);
      all.forEach((status, i) => {
        if (status === 'PRESENT') expect([names[i], values[i]]).toEqual([names[i], unlimited[i]]);
        else expect([names[i], status, values[i]]).toEqual([names[i], status, 0]);
        expect(Number.isNaN(newestMs[i])).toBe(status !== 'PRESENT' && status !== 'OUTSIDE_MAX_AGE');
        if (status === 'OUTSIDE_MAX_AGE') expect(NOW - newestMs[i]!).toBeGreaterThan(100 * HOUR);
      });
    }));
  });
});
