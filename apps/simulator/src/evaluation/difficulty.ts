import { Random } from '../random.js';
import { onSaleAt } from '../shop/product.js';
import { Aisles } from '../shoppers/aisles.js';
import type { Moment } from '../shoppers/appeal.js';
import { browse } from '../shoppers/browsing.js';
import { toEvent, type Action, type ShopEvent } from '../shoppers/event.js';
import { History, identify } from '../shoppers/history.js';
import type { Shopper } from '../shoppers/shopper.js';
import { drawMission, Visit } from '../shoppers/visit.js';
import { World } from '../world.js';
import { ItemToItem, Popularity, RandomRecommender } from './baselines.js';
import { toInteractions, groupByUser, type Interaction } from './interactions.js';
import { readItemFacts } from './item-facts.js';
import type { Recommender } from './recommender.js';
import { TasteEstimator } from './taste-estimator.js';

export interface DifficultyOptions {
  readonly seed: number;
  readonly now: number;
  readonly products?: number;
  readonly shoppers?: number;
  /** Size of the history that recommenders learn from. */
  readonly events?: number;
  readonly days?: number;
  /** Shoppers asked, drawn among the members with a history; 400 by default. */
  readonly sample?: number;
  /** 10 by default. */
  readonly listLength?: number;
}

/** A recommender's reward as a share of the oracle's (ratio of sums), on arriving, while browsing, and over both. */
export interface Share {
  readonly name: string;
  readonly arriving: number;
  readonly browsing: number;
  readonly overall: number;
}

/** A moment of the evaluation, with what the platform would have seen until then. */
interface Question {
  readonly situation: 'arriving' | 'browsing';
  readonly moment: Moment;
  readonly history: readonly Interaction[];
  readonly oracle: number;
}

/**
 * How much of the best possible reward a recommender earns. It may learn from `interactions`; then each sampled member begins a visit
 * at the world's now, with a purpose that nobody is told. It is asked for a list when the member arrives, and again after the member
 * has looked at two to four products in the shop's own pages, which it sees. The oracle knows taste, purpose and memory.
 */
export class Evaluation {
  readonly world: World;
  readonly interactions: readonly Interaction[];
  private readonly questions: readonly Question[];
  private readonly listLength: number;

  constructor({ sample = 400, listLength = 10, ...options }: DifficultyOptions) {
    this.world = new World(options);
    this.listLength = listLength;
    const history = new History(this.world, options);
    this.interactions = toInteractions(history.events(), this.world.catalogue.items);
    this.questions = askAll({ world: this.world, history, interactions: this.interactions, sample, listLength });
  }

  shareOf(recommender: Recommender): Share {
    const earned = { arriving: 0, browsing: 0 };
    const best = { arriving: 0, browsing: 0 };
    const { products } = this.world.catalogue;
    for (const { situation, moment, history, oracle } of this.questions) {
      const isEligible = (item: number): boolean => onSaleAt(products[item]!, moment.time);
      const list = recommender.recommend({ history, time: moment.time }, this.listLength, isEligible);
      earned[situation] += this.world.expectedReward(moment, list.map((item) => products[item]!.item.id));
      best[situation] += oracle;
    }
    return {
      name: recommender.name,
      arriving: earned.arriving / best.arriving,
      browsing: earned.browsing / best.browsing,
      overall: (earned.arriving + earned.browsing) / (best.arriving + best.browsing),
    };
  }
}

/** Shares of the oracle (1), random lists, popularity, item-to-item and a simple taste-estimating model, in this order. */
export function measureDifficulty(options: DifficultyOptions): readonly Share[] {
  const evaluation = new Evaluation(options);
  const { interactions, world: { catalogue: { items } } } = evaluation;
  const recommenders: readonly Recommender[] = [
    new RandomRecommender(items.length, options.seed),
    new Popularity(items.length, interactions),
    new ItemToItem(items.length, interactions),
    new TasteEstimator(readItemFacts(items), interactions),
  ];
  return [{ name: 'oracle', arriving: 1, browsing: 1, overall: 1 }, ...recommenders.map((recommender) => evaluation.shareOf(recommender))];
}

interface Asking {
  readonly world: World;
  readonly history: History;
  readonly interactions: readonly Interaction[];
  readonly sample: number;
  readonly listLength: number;
}

/** The questions, with memories as they were when each was asked: each moment is judged before the visit goes on. */
function askAll({ world, history, interactions, sample, listLength }: Asking): readonly Question[] {
  const byUser = groupByUser(interactions);
  const known = world.shoppers.filter(({ userId }) => userId !== undefined && byUser.has(userId));
  const asked = new Random(world.seed, 6).shuffle(known).slice(0, sample);
  const aisles = new Aisles(world.catalogue);
  return asked.flatMap((shopper) => {
    const past = byUser.get(shopper.userId!)!;
    const at = (visit: Visit, situation: Question['situation'], seen: readonly Interaction[]): Question => {
      const moment = { ...visit.moment, memory: visit.memory.copy() };
      return { situation, moment, history: [...past, ...seen], oracle: world.expectedReward(moment, world.oracleList(moment, listLength)) };
    };
    const random = new Random(world.seed, 7, shopper.index);
    const memory = history.memoryOf(shopper).copy();
    const visit = new Visit(shopper, memory, drawMission(shopper, memory, world.now, random), random, world.now);
    const arriving = at(visit, 'arriving', []);
    const seen = lookAround(visit, shopper, aisles, random, world);
    return seen === undefined ? [arriving] : [arriving, at(visit, 'browsing', seen)];
  });
}

/** Browses until two to four products were looked at; undefined when the shopper left before. */
function lookAround(visit: Visit, shopper: Shopper, aisles: Aisles, random: Random, world: World): readonly Interaction[] | undefined {
  const enough = 2 + random.int(3);
  const actions: Action[] = [];
  const looks = (): number => actions.filter(({ type }) => type === 'view' || type === 'click').length;
  for (const action of browse(visit, aisles, random)) {
    actions.push(action);
    if (looks() >= enough) break;
  }
  if (looks() < 2) return undefined;
  const identity = identify(shopper, 's-now', true);
  const events: ShopEvent[] = actions.map((action, n) => toEvent(action, identity, [world.seed, shopper.index, n]));
  return toInteractions(events, world.catalogue.items);
}
