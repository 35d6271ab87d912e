import { DomainError } from '@serendip/shared-errors';
import { FEATURE_FAMILIES, type FamilyFeature } from './family-features.js';
import { RANKING_FEATURES, type FeatureDate, type RankingFeature } from './ranking-features.js';
import { visitFeatureOf, type VisitFeature } from './visit-features.js';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WORDS: Readonly<Record<string, string>> = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' };
const TIME_TO_LIVE = /^(.+)@(\d{1,6})([smhd])$/;
const places = new Map<string, number>(RANKING_FEATURES.map(({ name }, place) => [name, place]));

/** What a ranker says under `context.<name>`: not known before it is named. */
const CONTEXT: RankingFeature = {
  name: 'context.<name>', entity: 'context', computed: 'attribute', dated: 'undated', isLogarithm: false,
  meaning: 'a number of the request\'s context, or 1 for a flag; context.<name>=<text> is 1 where a text, or one of several, is that one', words: 'what the request says',
};

/** Everything that can be named: the declared features, in the order of their table, then the patterns of those that have a parameter. */
export const NAMEABLE_FEATURES: readonly RankingFeature[] = [...RANKING_FEATURES, ...FEATURE_FAMILIES, CONTEXT];

const CONTEXT_COLUMN = { entity: 'context', computed: 'attribute', dated: 'undated', timeToLiveMs: Infinity, isLogarithm: false } as const;

/** One column that a ranker asks for. */
export interface NamedFeature {
  /** Whole, with its parameters and its time-to-live. */
  readonly name: string;
  readonly entity: RankingFeature['entity'];
  readonly computed: RankingFeature['computed'];
  readonly dated: FeatureDate;
  /** How old the newest fact behind a value may be, milliseconds: of an older one the value is 0, as where nothing is known. Infinity without a limit. */
  readonly timeToLiveMs: number;
  readonly words: string;
  readonly isLogarithm: boolean;
  /** Place in the table of declared features; undefined for one that is of a family or of the context. */
  readonly place?: number;
  readonly family?: FamilyFeature;
  readonly visit?: VisitFeature;
}

/**
 * What a name stands for: a declared feature, one of a family (`user_count.click.7d`), or one of the context (`context.<name>`); where something dates
 * it, `@` and a time-to-live may follow (`seen_count@30d`; s, m, h or d). Throws RangeError for another name, saying what is wrong with it.
 */
export function namedFeature(name: string): NamedFeature {
  const visit = visitFeatureOf(name);
  if (visit !== undefined) return { name, visit, ...CONTEXT_COLUMN, words: `what the request says: ${name.replace(/^context\./, '')}` };
  const whole = withoutLimit(name, name);
  if (whole !== undefined) return whole;
  const [, base, amount, unit] = TIME_TO_LIVE.exec(name) ?? [];
  const found = base === undefined ? undefined : withoutLimit(base, name);
  if (found === undefined) throw new RangeError(`There is no ranking feature '${name}'${name.includes('@') ? ': a time-to-live is a number and s, m, h or d, as in seen_count@30d' : ''}.`);
  if (found.dated === 'undated') throw new RangeError(`The feature '${base}' has no time-to-live: nothing says how old what it is made of is.`);
  const timeToLiveMs = Number(amount) * UNIT_MS[unit!]!;
  if (timeToLiveMs === 0) throw new RangeError(`The time-to-live of '${name}' is nothing: it would never be known.`);
  return { ...found, timeToLiveMs, words: `${found.words} (if newer than ${amount} ${WORDS[unit!]!})` };
}

/** The same for a name that came with a request. Throws INVALID_ARGUMENT/FEATURE_UNKNOWN, saying what is wrong with it. */
export function requestedFeature(name: string): NamedFeature {
  try {
    return namedFeature(name);
  } catch (error) {
    throw new DomainError('INVALID_ARGUMENT', 'FEATURE_UNKNOWN', (error as Error).message, { cause: error });
  }
}

/** The feature of a name without a time-to-live; undefined for no such feature. */
function withoutLimit(base: string, name: string): NamedFeature | undefined {
  const place = places.get(base);
  if (place !== undefined) {
    const { entity, computed, dated, words, isLogarithm } = RANKING_FEATURES[place]!;
    return { name, place, entity, computed, dated, words, isLogarithm, timeToLiveMs: Infinity };
  }
  const declared = FEATURE_FAMILIES.find(({ prefix }) => base.startsWith(prefix));
  if (declared === undefined) return undefined;
  const parameters = base.slice(declared.prefix.length);
  // What a catalogue says has no time, and may have any sign in it.
  if (declared.dated !== 'undated' && parameters.includes('@')) return undefined;
  const family = declared.of(base, parameters);
  const { entity, computed, words, isLogarithm } = declared;
  return { name, family, entity, computed, dated: family.dated, words: `${words}: ${parameters}`, isLogarithm, timeToLiveMs: Infinity };
}
