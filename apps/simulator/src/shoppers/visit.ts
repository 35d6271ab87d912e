import type { Random } from '../random.js';
import type { Product } from '../shop/product.js';
import { taxonomy } from '../shop/taxonomy.js';
import { Appeal, type Moment } from './appeal.js';
import { readList } from './click-model.js';
import type { Action } from './event.js';
import { interestAt, type Shopper } from './shopper.js';
import type { Memory, Mission } from './memory.js';

const SECOND = 1_000;

/** A list as it was shown. */
export interface Page {
  readonly products: readonly Product[];
  readonly placement: string;
  readonly attributionToken?: string;
  /** How a click on the page is reported: recommendations report clicks, the shop's own pages views. */
  readonly clickType: 'click' | 'view';
}

/** What came of showing a page. */
export interface Response {
  readonly actions: readonly Action[];
  /** Products looked at, in order. */
  readonly looked: readonly Product[];
  /** Products put in the cart, in order. */
  readonly chosen: readonly Product[];
}

/** One visit of one shopper: reads pages by the click model, remembers, and moves its own clock. */
export class Visit {
  readonly cart: Product[] = [];
  private readonly bought: Product[] = [];

  constructor(
    readonly shopper: Shopper,
    readonly memory: Memory,
    readonly mission: Mission | undefined,
    private readonly random: Random,
    /** Epoch milliseconds. */
    public time: number,
  ) {}

  get moment(): Moment {
    return { shopper: this.shopper, memory: this.memory, time: this.time, mission: this.mission };
  }

  wait(low: number, high: number): void {
    this.time += Math.round(this.random.between(low, high) * SECOND);
  }

  /** Reads the page top down. All choices are made with the taste at the moment when the page was shown. */
  read(page: Page): Response {
    const appeal = new Appeal(this.moment);
    const offers = page.products.map((product) => appeal.offer(product));
    const conversions = page.products.map((product) => appeal.conversion(product));
    const { clicked, examined } = readList(offers, this.random);
    const actions: Action[] = [];
    const looked: Product[] = [];
    const chosen: Product[] = [];
    this.wait(1, 4);
    const dislikedAt = this.findDisliked(offers.slice(0, examined), clicked);
    if (dislikedAt !== undefined) actions.push(this.hide(page, dislikedAt));
    for (const position of clicked) {
      const product = page.products[position]!;
      this.wait(1, 6);
      actions.push({ ...this.act(page.clickType, product), position, placement: page.placement, ...withToken(page) });
      this.memory.look(product, this.time);
      looked.push(product);
      const { cart, purchase, like } = conversions[position]!;
      this.wait(6, 50);
      if (this.random.chance(like)) actions.push(this.act('like', product));
      if (!this.random.chance(cart)) continue;
      actions.push({ ...this.act('add_to_cart', product), ...withToken(page) });
      this.memory.choose(product, this.time);
      this.cart.push(product);
      chosen.push(product);
      if (this.random.chance(purchase)) this.bought.push(product);
      this.wait(1, 5);
    }
    return { actions, looked, chosen };
  }

  /** Buys what is to be bought of the cart; nothing when that is nothing. */
  checkOut(): readonly Action[] {
    if (this.bought.length === 0) return [];
    this.wait(20, 90);
    const products = this.bought.splice(0);
    for (const product of products) this.memory.buy(product, this.time);
    this.cart.splice(0);
    return [{ type: 'purchase', time: this.time, products }];
  }

  search(): Action {
    const { mission } = this;
    const category = taxonomy.categories[mission?.category ?? this.shopper.interest.indexOf(Math.max(...this.shopper.interest))]!;
    const query = mission?.type === undefined ? category.name.toLowerCase() : taxonomy.types[mission.type]!.noun;
    this.wait(2, 10);
    return { type: 'search', time: this.time, products: [], query };
  }

  private act(type: Action['type'], product: Product): Action {
    return { type, time: this.time, products: [product] };
  }

  private hide(page: Page, position: number): Action {
    const product = page.products[position]!;
    this.memory.hide(product);
    this.wait(1, 3);
    return { ...this.act('hide', product), position, placement: page.placement, ...withToken(page) };
  }

  /** Now and then a shopper hides what they care least about, among what was examined. */
  private findDisliked(offers: readonly { readonly attraction: number }[], clicked: readonly number[]): number | undefined {
    if (offers.length === 0 || !this.random.chance(0.01)) return undefined;
    const attraction = offers.map((offer) => offer.attraction);
    const position = attraction.indexOf(Math.min(...attraction));
    return clicked.includes(position) ? undefined : position;
  }
}

const withToken = ({ attributionToken }: Page): { attributionToken?: string } => (attributionToken === undefined ? {} : { attributionToken });

/** Why a shopper comes: for what goes with an earlier choice, for what is used up, for an interest, or for nothing in particular. */
export function drawMission(shopper: Shopper, memory: Memory, time: number, random: Random): Mission | undefined {
  const wanted = memory.wantedTypes();
  if (wanted.length > 0 && random.chance(0.4)) return missionFor(wanted[random.int(wanted.length)]!);
  const usedUp = memory.typesUsedUp(time);
  if (usedUp.length > 0 && random.chance(0.25)) return missionFor(usedUp[random.int(usedUp.length)]!);
  if (random.chance(0.35)) return undefined;
  return { category: drawInterest(shopper, time, random) };
}

const missionFor = (type: number): Mission => ({ category: taxonomy.types[type]!.category, type });

/** A category in proportion to the shopper's interest in it, with some curiosity about all the others. */
export const drawInterest = (shopper: Shopper, time: number, random: Random): number =>
  random.weighted(interestAt(shopper, time).map((value) => value ** 1.5 + 0.004));
