import { onSaleAt, type Product } from '../shop/product.js';
import { taxonomy } from '../shop/taxonomy.js';
import type { Offer } from './click-model.js';
import type { Memory, Mission } from './memory.js';
import { brandLiking, individualLiking, interestAt, typeLiking, type Shopper } from './shopper.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A shopper at one moment: who, what they have done, when, and what they came for. */
export interface Moment {
  readonly shopper: Shopper;
  readonly memory: Memory;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Undefined when only looking around. */
  readonly mission: Mission | undefined;
}

/** Log-odds weights of everything that makes a product attractive. */
export const weights = {
  base: -3.8,
  interest: 3.2,
  type: 0.3,
  style: 0.7,
  brand: 0.4,
  tooDear: -2.6,
  tooCheap: -1.2,
  quality: 0.5,
  individual: 0.2,
  mission: 0.9,
  missionType: 0.9,
  offMission: -0.3,
  comparing: 0.7,
  wanted: 1.7,
  settled: -2.4,
  seen: -2.2,
  bought: -2,
} as const;

/** Value of what a click leads to: the click itself, a product in the cart, a purchase. */
export const rewards = { click: 1, cart: 3, purchase: 6 } as const;

const strongest = 0.7;
const purchaseGivenCart = 0.5;

const cartGivenClick = (fit: number): number => 0.04 + 0.36 * fit;

/** What the shopper would do with each product at one moment; to be asked before the moment's memory changes. */
export class Appeal {
  private readonly interest: Readonly<Float64Array>;
  private readonly byType = new Float64Array(taxonomy.types.length).fill(Number.NaN);
  private readonly byBrand = new Float64Array(taxonomy.brands.length).fill(Number.NaN);

  constructor(readonly moment: Moment) {
    this.interest = interestAt(moment.shopper, moment.time);
  }

  /** How the shopper meets the product in a list; nothing to gain from what is hidden or not on sale. */
  offer(product: Product): Offer {
    const fit = this.fit(product);
    const cart = cartGivenClick(fit);
    return {
      attraction: strongest * fit,
      satisfaction: 0.15 + 0.6 * cart,
      value: rewards.click + cart * (rewards.cart + purchaseGivenCart * rewards.purchase),
    };
  }

  /** P(in the cart | click), P(bought | in the cart) and P(liked | click). */
  conversion(product: Product): { readonly cart: number; readonly purchase: number; readonly like: number } {
    const fit = this.fit(product);
    return { cart: cartGivenClick(fit), purchase: purchaseGivenCart, like: 0.08 * fit };
  }

  /** 0 to 1: the logistic of the log-odds; 0 for what is hidden or not on sale. */
  fit(product: Product): number {
    const { shopper, memory, time } = this.moment;
    if (!onSaleAt(product, time) || memory.isHidden(product)) return 0;
    const dearer = product.priceLevel - shopper.priceLevel;
    const logOdds = this.typeLogOdds(product.type)
      + this.brandLogOdds(product.brand)
      + weights.style * shopper.styles[product.style]!
      + (dearer > 0 ? weights.tooDear * dearer : -weights.tooCheap * dearer)
      + weights.quality * product.quality
      + weights.individual * individualLiking(shopper, product.index)
      + this.familiarity(product);
    return 1 / (1 + Math.exp(-logOdds));
  }

  private brandLogOdds(brand: number): number {
    const known = this.byBrand[brand]!;
    if (!Number.isNaN(known)) return known;
    return (this.byBrand[brand] = weights.brand * brandLiking(this.moment.shopper, brand));
  }

  private typeLogOdds(type: number): number {
    const known = this.byType[type]!;
    if (!Number.isNaN(known)) return known;
    const category = taxonomy.types[type]!.category;
    return (this.byType[type] = weights.base
      + weights.interest * this.interest[category]!
      + weights.type * typeLiking(this.moment.shopper, type)
      + this.missionLogOdds(type, category)
      + this.sequenceLogOdds(type));
  }

  private missionLogOdds(type: number, category: number): number {
    const { mission } = this.moment;
    if (mission === undefined) return 0;
    if (mission.type === type) return weights.mission + weights.missionType;
    if (mission.category !== category) return weights.offMission;
    return mission.type === undefined ? weights.mission : 0.5 * weights.mission;
  }

  /** What earlier steps do to a type: compare while looking, complement what was chosen, no second one of what lasts. */
  private sequenceLogOdds(type: number): number {
    const { memory, time } = this.moment;
    const bought = memory.lastBoughtOfType(type);
    if (bought !== undefined) {
      const lasts = (taxonomy.types[type]!.lastsDays ?? 250) * DAY;
      return weights.settled * Math.exp(-(((time - bought) / lasts) ** 2));
    }
    const wanted = memory.wanted(type);
    if (wanted !== undefined) return weights.wanted * Math.exp(-(time - wanted) / (8 * DAY));
    const looked = memory.lastLookedAtType(type);
    return looked === undefined ? 0 : weights.comparing * Math.exp(-(time - looked) / (45 * MINUTE));
  }

  /** A product seen before is no news, one bought before is had, until it is used up. */
  private familiarity(product: Product): number {
    const { memory, time } = this.moment;
    const seen = memory.lastSeen(product);
    if (seen === undefined) return 0;
    const bought = memory.lastBought(product);
    const lasts = taxonomy.types[product.type]!.lastsDays;
    const tired = weights.seen * Math.exp(-(time - seen) / (60 * DAY));
    if (bought === undefined) return tired;
    return tired + weights.bought * (lasts === undefined ? 1 : Math.exp(-(((time - bought) / (lasts * DAY)) ** 2)));
  }
}
