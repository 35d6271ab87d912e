import { Random } from '../random.js';
import { groupByUser, strength, type Interaction } from './interactions.js';
import { Recommender, type Request } from './recommender.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Any items, in an order drawn anew for each request. */
export class RandomRecommender extends Recommender {
  readonly name = 'random';
  private readonly random: Random;

  constructor(private readonly items: number, seed: number) {
    super();
    this.random = new Random(seed, 5);
  }

  score(): Float64Array {
    return Float64Array.from({ length: this.items }, () => this.random.next());
  }
}

/** The same list for everybody: items by the weight of what was done with them. */
export class Popularity extends Recommender {
  readonly name = 'popularity';
  private readonly scores: Float64Array;

  constructor(items: number, interactions: readonly Interaction[]) {
    super();
    this.scores = new Float64Array(items);
    for (const { item, type } of interactions) this.scores[item]! += strength[type];
  }

  score(): Float64Array {
    return this.scores;
  }
}

/** The best of a random search over 60 settings, so that the baseline is not made weak. */
const settings = { sameHour: 1, apart: 0.7, shrinkage: 4, degreePower: 0.2, old: 0.4, week: 1, hour: 8, seeds: 15, strengthPower: 0.3 } as const;

/**
 * Item-to-item collaborative filtering: cosine similarity of co-occurrence within a user's history, where what happened close in time
 * counts more, with shrinkage and little normalisation by popularity; the user's last items vote by recency and by what was done with them; ties by popularity.
 */
export class ItemToItem extends Recommender {
  readonly name = 'item-to-item';
  private readonly neighbours: readonly ReadonlyMap<number, number>[];
  private readonly popularity: Popularity;

  constructor(items: number, interactions: readonly Interaction[]) {
    super();
    this.popularity = new Popularity(items, interactions);
    this.neighbours = similarities(items, [...groupByUser(interactions).values()]);
  }

  score({ history, time }: Request): Float64Array {
    const scores = this.popularity.score().map((value) => value * 1e-6);
    for (const { item, type, time: at } of history.slice(-settings.seeds)) {
      const age = time - at;
      const { old, week, hour, strengthPower } = settings;
      const vote = strength[type] ** strengthPower * (old + week * Math.exp(-age / (7 * DAY)) + hour * Math.exp(-age / HOUR));
      for (const [other, similarity] of this.neighbours[item]!) scores[other]! += vote * similarity;
    }
    return scores;
  }
}

function similarities(items: number, histories: readonly (readonly Interaction[])[]): readonly ReadonlyMap<number, number>[] {
  const { sameHour, apart, shrinkage, degreePower } = settings;
  const together = Array.from({ length: items }, () => new Map<number, number>());
  const degree = new Float64Array(items);
  for (const history of histories) {
    const firstSeen = new Map<number, number>();
    for (const { item, type, time } of history) if (strength[type] > 0 && !firstSeen.has(item)) firstSeen.set(item, time);
    const seen = [...firstSeen].slice(-120);
    for (const [item] of seen) degree[item]! += 1;
    for (const [a, timeA] of seen) {
      for (const [b, timeB] of seen) {
        if (a !== b) together[a]!.set(b, (together[a]!.get(b) ?? 0) + (Math.abs(timeA - timeB) < HOUR ? sameHour : apart));
      }
    }
  }
  return together.map((row, a) => new Map([...row].map(([b, weight]) => [b, weight / ((degree[a]! * degree[b]!) ** degreePower + shrinkage)])));
}
