import { createCatalogue, type Catalogue } from './shop/catalogue.js';
import { Appeal, type Moment } from './shoppers/appeal.js';
import { bestList, expectedValue, type Offer } from './shoppers/click-model.js';
import { createShoppers, type Shopper } from './shoppers/shopper.js';

export interface WorldOptions {
  readonly seed: number;
  /** Epoch milliseconds: the present of the simulated shop. */
  readonly now: number;
  /** Products, 3,000 by default. */
  readonly products?: number;
  /** Shoppers, 1,500 by default. */
  readonly shoppers?: number;
}

const nothing: Offer = { attraction: 0, satisfaction: 0, value: 0 };

/** The shop and its shoppers: a pure function of its options. */
export class World {
  readonly catalogue: Catalogue;
  readonly shoppers: readonly Shopper[];
  readonly seed: number;
  readonly now: number;

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.now = options.now;
    this.catalogue = createCatalogue(options);
    this.shoppers = createShoppers(options);
  }

  /** What the shopper would do with each listed product; an unknown id or a repeat takes its place and attracts nobody. */
  offers(moment: Moment, list: readonly string[]): readonly Offer[] {
    const appeal = new Appeal(moment);
    const met = new Set<string>();
    return list.map((id) => {
      const product = this.catalogue.find(id);
      if (product === undefined || met.has(id)) return nothing;
      met.add(id);
      return appeal.offer(product);
    });
  }

  /** The exact expected reward of showing the list at that moment, in clicks' worth (closed form, nothing is sampled). */
  expectedReward(moment: Moment, list: readonly string[]): number {
    return expectedValue(this.offers(moment, list));
  }

  /** The ids of the best possible list of that length. */
  oracleList(moment: Moment, length: number): readonly string[] {
    const appeal = new Appeal(moment);
    const { products } = this.catalogue;
    return bestList(products.map((product) => appeal.offer(product)), length).map((index) => products[index]!.item.id);
  }

  findShopper(id: string): Shopper | undefined {
    return this.shoppers.find(({ userId, anonymousId }) => userId === id || anonymousId === id);
  }
}
