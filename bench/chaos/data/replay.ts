/**
 * What the state must be after what clients had acknowledged, each once: written from the documented rules, in plain sums, one deed after
 * another; nothing of it is the platform's code.
 */
import type { Deed } from './people.ts';

const DAY_MS = 86_400_000;
const LN2 = Math.log(2);
/** Decayed sums are kept as the logarithm of what they would be at this time. */
const LANDMARK_MS = Date.UTC(2020, 0, 1);

/** A sum in which every part is worth half as much for each half-life that it is older. */
class Decayed {
  private readonly halfLifeMs: number;
  private readonly originMs: number;
  private sum = 0;

  constructor(halfLifeMs: number, originMs: number) {
    this.halfLifeMs = halfLifeMs;
    this.originMs = originMs;
  }

  add(weight: number, timeMs: number): void {
    this.sum += weight * 2 ** ((timeMs - this.originMs) / this.halfLifeMs);
  }

  /** As it is kept; -Infinity for nothing. */
  get log(): number {
    return Math.log(this.sum) + (LN2 / this.halfLifeMs) * (this.originMs - LANDMARK_MS);
  }
}

/** How often a user did something: in all, and decayed over 1, 7 and 30 days. */
export interface Counter {
  readonly total: number;
  readonly logs: readonly number[];
}

/** An item's statistics by their names. */
export type Statistics = Readonly<Record<string, number>>;

export interface State {
  /** By user, then type. */
  readonly users: ReadonlyMap<string, ReadonlyMap<string, Counter>>;
  /** By item; none for one that nothing was done with. */
  readonly items: ReadonlyMap<string, Statistics>;
}

/** What one deed says for an item. */
function weightOf({ type, value = 0 }: Deed): number {
  switch (type) {
    case 'add_to_cart': case 'like': return 3;
    case 'purchase': return 5;
    case 'rating': return value / 5;
    case 'dislike': case 'hide': return -1;
    case 'impression': return 0;
    default: return 1;
  }
}

const COUNTED_BY_TYPE: Readonly<Record<string, string>> = { view: 'views_7d', click: 'clicks_7d', add_to_cart: 'carts_7d', purchase: 'purchases_7d', impression: 'impressions_7d' };

class Item {
  private readonly decayed: Readonly<Record<string, Decayed>>;
  private readonly sums = { engagement_total: 0, rating_sum: 0, rating_count: 0, negatives_total: 0 };
  private lastMs = -Infinity;

  constructor(originMs: number) {
    const over = (days: number): Decayed => new Decayed(days * DAY_MS, originMs);
    this.decayed = {
      engagement_1d: over(1), engagement_7d: over(7), engagement_30d: over(30),
      ...Object.fromEntries(Object.values(COUNTED_BY_TYPE).map((name) => [name, over(7)])),
    };
  }

  count(deed: Deed): void {
    const { type, value = 0, timeMs } = deed;
    const counted = COUNTED_BY_TYPE[type];
    if (counted !== undefined) this.decayed[counted]!.add(1, timeMs);
    if (type === 'impression') return;
    const weight = weightOf(deed);
    if (weight > 0) {
      for (const name of ['engagement_1d', 'engagement_7d', 'engagement_30d']) this.decayed[name]!.add(weight, timeMs);
      this.sums.engagement_total += weight;
    } else {
      this.sums.negatives_total -= weight;
    }
    if (type === 'rating') {
      this.sums.rating_sum += value;
      this.sums.rating_count++;
    }
    this.lastMs = Math.max(this.lastMs, timeMs);
  }

  get statistics(): Statistics {
    return { ...this.sums, last_event_ms: this.lastMs, ...Object.fromEntries(Object.entries(this.decayed).map(([name, sum]) => [name, sum.log])) };
  }
}

class User {
  private readonly counters = new Map<string, { total: number; readonly decayed: readonly Decayed[] }>();
  private readonly originMs: number;

  constructor(originMs: number) {
    this.originMs = originMs;
  }

  /** An impression is no act of the user's. */
  count({ type, timeMs }: Deed): void {
    if (type === 'impression') return;
    let counter = this.counters.get(type);
    if (counter === undefined) this.counters.set(type, (counter = { total: 0, decayed: [1, 7, 30].map((days) => new Decayed(days * DAY_MS, this.originMs)) }));
    counter.total++;
    for (const sum of counter.decayed) sum.add(1, timeMs);
  }

  get byType(): ReadonlyMap<string, Counter> {
    return new Map([...this.counters].map(([type, { total, decayed }]) => [type, { total, logs: decayed.map(({ log }) => log) }]));
  }
}

/** Each entry is made when it is first asked for. */
function entryOf<T>(entries: Map<string, T>, name: string, make: () => T): T {
  const known = entries.get(name);
  if (known !== undefined) return known;
  const made = make();
  entries.set(name, made);
  return made;
}

export function replay(deeds: readonly Deed[]): State {
  const originMs = deeds[0]?.timeMs ?? 0;
  const users = new Map<string, User>();
  const items = new Map<string, Item>();
  for (const deed of deeds) {
    entryOf(users, deed.owner, () => new User(originMs)).count(deed);
    for (const item of deed.items) entryOf(items, item, () => new Item(originMs)).count(deed);
  }
  return {
    users: new Map([...users].map(([name, user]) => [name, user.byType])),
    items: new Map([...items].map(([name, item]) => [name, item.statistics])),
  };
}
