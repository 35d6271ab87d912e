import { ItemColumns } from '@serendip/shared-catalogue';
import { hash64 } from '@serendip/shared-identity';
import { ITEM_STATISTICS, STATISTIC_HALF_LIVES_MS, USER_STATE, UserStateView, decayedLog, emptyStatistics, encodeProfile, eventTypeCode } from '@serendip/shared-layouts';
import { FEATURE_FAMILIES } from './family-features.js';
import { FeatureComputer, type FeatureCandidates } from './feature-computer.js';
import { RANKING_FEATURES, RANKING_FEATURE_NAMES, type RankingFeature } from './ranking-features.js';

const CANDIDATES = 500;
const ITEMS = 10_000;
const SLATES = 64;
const NOW_MS = 1_790_000_000_000;
const HOUR_MS = 3_600_000;
const CONTEXT_EXAMPLE = 'context.country=NO';
const LIMITED_EXAMPLE = 'seen_count@30d';
/** Of each family one that somebody might name. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'user_count.': 'user_count.click.7d', 'user_idle.': 'user_idle.purchase', 'user.': 'user.age', 'item_count.': 'item_count.click.7d', 'item.': 'item.margin',
  'category_count.': 'category_count.click.7d', 'pair_count.': 'pair_count.click.7d',
};

/** What a slate of `candidates` pays, microseconds, by one thread. */
export interface FeatureCosts {
  readonly candidates: number;
  readonly interactions: number;
  readonly items: number;
  /** Slates that each figure is from. */
  readonly slates: number;
  /** For all declared features. */
  readonly total: number;
  /** How much less it is without the declared features of an entity. */
  readonly byEntity: Readonly<Record<RankingFeature['entity'], number>>;
  /** How much more it is with one feature of a pattern, by the pattern. */
  readonly byPattern: Readonly<Record<string, number>>;
  /** How much more it is with one time-to-live. */
  readonly timeToLive: number;
}

const ENTITIES = ['candidate', 'item', 'user', 'cross', 'context'] as const satisfies readonly RankingFeature['entity'][];

/**
 * Measures what features cost here and now, by computing those of made-up slates: all of them, all but an entity's, all and one more, in turns, so that
 * what else the machine does meets all alike. Figures are of the fastest tenth of slates, which are those that nothing else got in the way of.
 * @param now a clock in milliseconds, as fine as there is. @param rounds slates that each figure is from; half as many go before, until everything is compiled.
 */
export function measureFeatureCosts(now: () => number, rounds: number): FeatureCosts {
  const world = madeUp();
  const without = ENTITIES.map((entity) => RANKING_FEATURES.filter((feature) => feature.entity !== entity).map(({ name }) => name));
  const examples = [...FEATURE_FAMILIES.map(({ prefix }) => EXAMPLES[prefix]!), CONTEXT_EXAMPLE, LIMITED_EXAMPLE];
  const variants = [RANKING_FEATURE_NAMES, ...without, ...examples.map((name) => [...RANKING_FEATURE_NAMES, name])].map((names) => timed(names, world));
  const times: number[][] = variants.map(() => []);
  const warmUp = Math.ceil(rounds / 2);
  for (let round = 0; round < warmUp + rounds; round++) {
    variants.forEach((run, variant) => {
      const took = run(round * variants.length + variant, now);
      if (round >= warmUp) times[variant]!.push(took);
    });
  }
  const fastest = times.map((took) => took.sort((a, b) => a - b)[Math.floor(took.length / 10)]!);
  const difference = (variant: number): number => fastest[variant]! - fastest[0]!;
  const added = examples.map((_, i) => Math.max(0, difference(1 + ENTITIES.length + i)));
  const patterns = [...FEATURE_FAMILIES.map(({ name }) => name), 'context.<name>'];
  return {
    candidates: CANDIDATES, interactions: USER_STATE.maxInteractions, items: ITEMS, slates: rounds, total: fastest[0]!,
    byEntity: Object.fromEntries(ENTITIES.map((entity, i) => [entity, Math.max(0, -difference(1 + i))])) as FeatureCosts['byEntity'],
    byPattern: Object.fromEntries(patterns.map((pattern, i) => [pattern, added[i]!])),
    timeToLive: added.at(-1)!,
  };
}

/** Computes features of a slate that is not the last one, which would lie in the processor's cache, and answers microseconds. */
function timed(names: readonly string[], { state, columns, slates, context }: MadeUp): (turn: number, now: () => number) => number {
  const computer = new FeatureComputer(names);
  const out = new Float32Array(CANDIDATES * names.length);
  return (turn, now) => {
    const started = now();
    computer.compute(state, columns, slates[turn % SLATES]!, context, out);
    return (now() - started) * 1000;
  };
}

interface MadeUp {
  readonly state: UserStateView;
  readonly columns: ItemColumns;
  readonly slates: readonly FeatureCandidates[];
  readonly context: { readonly nowMs: number; readonly visit: { readonly device: string; readonly locale: string; readonly country: string; readonly attributes: Readonly<Record<string, never>> } };
}

/** A catalogue of which half has been looked at, a user with a profile and all the history that is kept, and slates from all over it. */
function madeUp(): MadeUp {
  return {
    state: stateOf(), columns: catalogue(), context: { nowMs: NOW_MS, visit: { device: 'mobile', locale: 'nb-NO', country: 'NO', attributes: {} } },
    slates: Array.from({ length: SLATES }, (_, slate) => {
      const scores = Float32Array.from({ length: CANDIDATES }, (_, i) => 1 / (1 + i));
      const ordinals = Int32Array.from({ length: CANDIDATES }, (_, i) => (i * 7919 + slate * 104_729) % ITEMS);
      return { ordinals, scores, personalScores: scores, nextScores: scores, tasteScores: scores };
    }),
  };
}

function catalogue(): ItemColumns {
  const columns = new ItemColumns();
  columns.apply(Array.from({ length: ITEMS }, (_, ordinal) => ({
    ordinal, version: 1, deleted: false, id: `item-${ordinal}`, title: '', categories: ['all', `kind-${ordinal % 30}`, `narrow-${ordinal % 200}`], tags: [`tag-${ordinal % 50}`],
    price: 1 + (ordinal % 97), available: true, publishedAtMs: NOW_MS - ordinal * HOUR_MS, expiresAtMs: Infinity, attributes: { brand: `brand-${ordinal % 20}`, margin: ordinal % 10 },
  })));
  const statistics = emptyStatistics();
  ITEM_STATISTICS.forEach(({ combine }, column) => {
    statistics[column] = combine === 'log' ? decayedLog(3, NOW_MS - HOUR_MS, STATISTIC_HALF_LIVES_MS[column]!) : combine === 'sum' ? 3 : NOW_MS - HOUR_MS;
  });
  for (let ordinal = 0; ordinal < ITEMS; ordinal += 2) columns.applyStatistics(Int32Array.of(ordinal), statistics);
  return columns;
}

function stateOf(): UserStateView {
  const { offsets, headerBytes, interactionBytes, maxInteractions, version } = USER_STATE;
  const profile = encodeProfile({ city: 'Oslo', tier: 'gold', likes: ['tents', 'stoves'], member: true, since: 2019, age: 42 });
  const profileAt = headerBytes + maxInteractions * interactionBytes;
  const record = new Uint8Array(profileAt + profile.length);
  record.set(profile, profileAt);
  const data = new DataView(record.buffer);
  data.setUint16(offsets.version, version, true);
  data.setUint16(offsets.interactions, maxInteractions, true);
  data.setUint32(offsets.profile, profile.length, true);
  data.setFloat64(offsets.lastTime, NOW_MS, true);
  for (let i = 0; i < maxInteractions; i++) {
    const at = headerBytes + i * interactionBytes;
    const { lo, hi } = hash64(`item-${(i * 37) % ITEMS}`);
    data.setUint32(at, lo, true);
    data.setUint32(at + 4, hi, true);
    data.setFloat64(at + 8, NOW_MS - (maxInteractions - i) * HOUR_MS, true);
    data.setFloat32(at + 16, NaN, true);
    data.setUint16(at + 20, eventTypeCode(i % 3 === 0 ? 'click' : 'view'), true);
  }
  return new UserStateView(record);
}
