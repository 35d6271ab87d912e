import type { ItemColumns } from '@serendip/shared-catalogue';
import { HALF_LIVES_MS, ITEM_STATISTICS_WIDTH, decayedValue, eventTypeCode, profileAttribute, statisticColumn, type ItemStatistic, type UserStateView } from '@serendip/shared-layouts';
import type { GatheredItems } from './gathered-items.js';
import { DecayedSums, newestOfType, worthOf } from './kept-events.js';
import { log1p } from './logarithm.js';
import type { FeatureDate, RankingFeature } from './ranking-features.js';

const HOUR_MS = 3_600_000;

/** A feature that a ranker names by a pattern. One object serves many requests, one after the other: `begin` comes before the candidates of each. */
export interface FamilyFeature {
  readonly dated: FeatureDate;
  begin(state: UserStateView, columns: ItemColumns, nowMs: number): void;
  /** Of the i-th item, which is in the columns; of a user feature the same for all. */
  value(items: GatheredItems, i: number): number;
  /** When the newest fact behind the value happened, epoch milliseconds; -Infinity when there is none. Of an undated one: Infinity where a value is known. */
  newestMs(items: GatheredItems, i: number): number;
}

/** `user_count.<type>.<half-life>`, from the counters of the user's state. */
class UserCount implements FamilyFeature {
  readonly dated = 'user';
  private counted = 0;
  private lastMs = -Infinity;

  constructor(private readonly type: number, private readonly halfLife: number) {}

  begin(state: UserStateView, _columns: ItemColumns, nowMs: number): void {
    const counter = state.counterOf(this.type);
    this.counted = counter < 0 ? 0 : log1p(decayedValue(state.counterLog(counter, this.halfLife), nowMs, HALF_LIVES_MS[this.halfLife]!));
    this.lastMs = counter < 0 ? -Infinity : state.lastTimeMs;
  }

  value(): number {
    return this.counted;
  }

  newestMs(): number {
    return this.lastMs;
  }
}

/** `user_idle.<type>`, from the interactions that the user's state keeps. */
class UserIdle implements FamilyFeature {
  readonly dated = 'own';
  private lastMs = -Infinity;
  private hours = 0;

  constructor(private readonly type: number) {}

  begin(state: UserStateView, _columns: ItemColumns, nowMs: number): void {
    this.lastMs = newestOfType(state, this.type);
    this.hours = this.lastMs === -Infinity ? 0 : log1p(Math.max(0, nowMs - this.lastMs) / HOUR_MS);
  }

  value(): number {
    return this.hours;
  }

  newestMs(): number {
    return this.lastMs;
  }
}

/** `category_count.<type>.<half-life>` of the item's narrowest category, `pair_count.…` of the item: from the interactions that the user's state keeps. */
class KeptCount implements FamilyFeature {
  readonly dated = 'own';
  private readonly sums = new DecayedSums();

  constructor(private readonly type: number, private readonly halfLifeMs: number, private readonly by: 'category' | 'item') {}

  begin(state: UserStateView, columns: ItemColumns, nowMs: number): void {
    const { sums, by } = this;
    sums.clear();
    for (let i = state.interactions - 1; i >= 0; i--) {
      if (state.type(i) !== this.type) continue;
      const row = columns.rowOfHashed(state.itemLo(i), state.itemHi(i));
      if (row < 0) continue;
      const timeMs = state.timeMs(i);
      const worth = worthOf(timeMs, nowMs, this.halfLifeMs);
      if (by === 'item') sums.add(row, worth, timeMs);
      else for (const category of new Set(columns.categoriesOf(row))) sums.add(category, worth, timeMs);
    }
  }

  value(items: GatheredItems, i: number): number {
    return log1p(this.sums.of(this.numberOf(items, i)));
  }

  newestMs(items: GatheredItems, i: number): number {
    return this.sums.newestMs(this.numberOf(items, i));
  }

  private numberOf(items: GatheredItems, i: number): number {
    return this.by === 'item' ? items.rows[i]! : items.narrowestCategory(i);
  }
}

/** `item_count.<type>.7d`, from the statistics of the item. */
class ItemCount implements FamilyFeature {
  constructor(private readonly column: number, readonly dated: 'item' | 'undated') {}

  begin(): void {}

  value({ statistics }: GatheredItems, i: number): number {
    return log1p(statistics[i * ITEM_STATISTICS_WIDTH + this.column]!);
  }

  newestMs(items: GatheredItems, i: number): number {
    return this.dated === 'undated' ? Infinity : items.lastEventMs(i);
  }
}

/** What a value of an attribute makes of `<attribute>`, a number or a flag, or of `<attribute>=<text>`; undefined where it makes nothing. */
function numberIn(value: unknown, text: string | undefined): number | undefined {
  if (text === undefined) return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined;
  if (value === undefined) return undefined;
  return value === text || (Array.isArray(value) && value.includes(text)) ? 1 : 0;
}

/** `user.<attribute>`, a number or a flag of the user's profile, and `user.<attribute>=<text>`. */
class UserAttribute implements FamilyFeature {
  readonly dated = 'undated';
  private number: number | undefined;

  constructor(private readonly attribute: string, private readonly text: string | undefined) {}

  begin({ profile }: UserStateView): void {
    this.number = numberIn(profileAttribute(profile, this.attribute), this.text);
  }

  value(): number {
    return this.number ?? 0;
  }

  newestMs(): number {
    return this.number === undefined ? -Infinity : Infinity;
  }
}

/** `item.<attribute>`, a number or a flag of the item, and `item.<attribute>=<text>`. */
class ItemAttribute implements FamilyFeature {
  readonly dated = 'undated';
  private columns: ItemColumns | undefined;

  constructor(private readonly attribute: string, private readonly text: string | undefined) {}

  begin(_state: UserStateView, columns: ItemColumns): void {
    this.columns = columns;
  }

  value(items: GatheredItems, i: number): number {
    return this.numberOf(items, i) ?? 0;
  }

  newestMs(items: GatheredItems, i: number): number {
    return this.numberOf(items, i) === undefined ? -Infinity : Infinity;
  }

  private numberOf({ rows }: GatheredItems, i: number): number | undefined {
    return numberIn(this.columns!.attributesOf(rows[i]!)[this.attribute], this.text);
  }
}

const HALF_LIVES: readonly string[] = ['1d', '7d', '30d'];
const ITEM_COUNTS: Readonly<Record<string, ItemStatistic>> = {
  view: 'views_7d', click: 'clicks_7d', add_to_cart: 'carts_7d', purchase: 'purchases_7d', impression: 'impressions_7d',
};
const IMPRESSION = 'impression';

/** The type of a name `<prefix>.<type>.<half-life>`, and which half-life it is. Types may have dots. Throws RangeError for another name. */
function typeAndHalfLife(name: string, rest: string): { readonly type: string; readonly halfLife: number } {
  const at = rest.lastIndexOf('.');
  const halfLife = HALF_LIVES.indexOf(rest.slice(at + 1));
  if (at <= 0 || halfLife < 0) throw new RangeError(`There is no ranking feature '${name}': it ends in a type of event and a half-life, .1d, .7d or .30d.`);
  return { type: rest.slice(0, at), halfLife };
}

function keptCount(by: 'category' | 'item') {
  return (name: string, rest: string): FamilyFeature => {
    const { type, halfLife } = typeAndHalfLife(name, rest);
    if (type === IMPRESSION) throw new RangeError(`There is no ranking feature '${name}': impressions are no interactions, see shown_count.`);
    return new KeptCount(eventTypeCode(type), HALF_LIVES_MS[halfLife]!, by);
  };
}

function itemCount(name: string, rest: string): FamilyFeature {
  const { type, halfLife } = typeAndHalfLife(name, rest);
  const statistic = Object.hasOwn(ITEM_COUNTS, type) ? ITEM_COUNTS[type] : undefined;
  if (statistic === undefined || halfLife !== 1) {
    throw new RangeError(`There is no ranking feature '${name}': items have counts of ${Object.keys(ITEM_COUNTS).join(', ')}, each with a half-life of 7d.`);
  }
  return new ItemCount(statisticColumn(statistic), type === IMPRESSION ? 'undated' : 'item');
}

function userCount(name: string, rest: string): FamilyFeature {
  const { type, halfLife } = typeAndHalfLife(name, rest);
  return new UserCount(eventTypeCode(type), halfLife);
}

function attribute(of: new (attribute: string, text: string | undefined) => FamilyFeature) {
  return (name: string, rest: string): FamilyFeature => {
    const at = rest.indexOf('=');
    if (at === 0 || rest === '') throw new RangeError(`There is no ranking feature '${name}': it names no attribute.`);
    return at < 0 ? new of(rest, undefined) : new of(rest.slice(0, at), rest.slice(at + 1));
  };
}

interface Family extends RankingFeature {
  /** What names begin with. */
  readonly prefix: string;
  /** @param rest of the name, after its prefix. Throws RangeError when there is no such feature. */
  readonly of: (name: string, rest: string) => FamilyFeature;
}

/** Features with a parameter: a ranker names the ones it wants. Nothing is computed for those that it doesn't. */
export const FEATURE_FAMILIES: readonly Family[] = [
  {
    prefix: 'user_count.', name: 'user_count.<type>.<half-life>', entity: 'user', computed: 'decayed-count', dated: 'user', isLogarithm: true, of: userCount,
    meaning: 'log(1 + the user\'s events of a type, each halved once for every 1d, 7d or 30d)', words: 'events of theirs lately',
  },
  {
    prefix: 'user_idle.', name: 'user_idle.<type>', entity: 'user', computed: 'recency', dated: 'own', isLogarithm: true, of: (_name, type) => new UserIdle(eventTypeCode(type)),
    meaning: 'log(1 + hours since the newest interaction of a type among those kept), 0 without one', words: 'hours since they did so',
  },
  {
    prefix: 'user.', name: 'user.<attribute>', entity: 'user', computed: 'attribute', dated: 'undated', isLogarithm: false, of: attribute(UserAttribute),
    meaning: 'a number of the user\'s profile, or 1 for a flag; user.<attribute>=<text> is 1 where a text, or one of several, is that one', words: 'what their profile says',
  },
  {
    prefix: 'item_count.', name: 'item_count.<type>.7d', entity: 'item', computed: 'decayed-count', dated: 'item', isLogarithm: true, of: itemCount,
    meaning: `log(1 + the item\'s events of a type, each halved once for every 7 days): ${Object.keys(ITEM_COUNTS).join(', ')}`, words: 'events with it this week',
  },
  {
    prefix: 'item.', name: 'item.<attribute>', entity: 'item', computed: 'attribute', dated: 'undated', isLogarithm: false, of: attribute(ItemAttribute),
    meaning: 'a number of the item, or 1 for a flag; item.<attribute>=<text> is 1 where a text, or one of several, is that one', words: 'what the catalogue says',
  },
  {
    prefix: 'category_count.', name: 'category_count.<type>.<half-life>', entity: 'cross', computed: 'decayed-count', dated: 'own', isLogarithm: true, of: keptCount('category'),
    meaning: 'log(1 + interactions of a type with the item\'s narrowest category among those kept, each halved once for every 1d, 7d or 30d)', words: 'events of theirs with its kind lately',
  },
  {
    prefix: 'pair_count.', name: 'pair_count.<type>.<half-life>', entity: 'cross', computed: 'decayed-count', dated: 'own', isLogarithm: true, of: keptCount('item'),
    meaning: 'log(1 + interactions of a type with the item among those kept, each halved once for every 1d, 7d or 30d)', words: 'events of theirs with it lately',
  },
];
