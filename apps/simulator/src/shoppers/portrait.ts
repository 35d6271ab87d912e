import { styleNames } from '../shop/styles.js';
import { taxonomy } from '../shop/taxonomy.js';
import type { World } from '../world.js';
import { Appeal } from './appeal.js';
import { Memory } from './memory.js';
import { brandLiking, interestAt, type Shopper } from './shopper.js';

/** A shopper as the shop's page offers them. */
export interface DemoShopper {
  readonly id: string;
  readonly name: string;
}

/** The first members of the world, with interests far apart. */
export const demoShoppers = (world: World, count = 8): readonly DemoShopper[] =>
  world.shoppers.filter(({ userId }) => userId !== undefined).slice(0, count).map((shopper) => (
    { id: shopper.userId!, name: `${shopper.name}, ${shopper.lifestyles[0].name} and ${shopper.lifestyles[1].name}` }));

export interface Portrait {
  readonly id: string;
  readonly name: string;
  readonly lifestyles: { readonly main: string; readonly second: string; readonly fading: string; readonly growing: string };
  /** Strongest first. */
  readonly interests: readonly { readonly category: string; readonly strength: number }[];
  readonly styles: { readonly likes: readonly string[]; readonly dislikes: readonly string[] };
  readonly brands: { readonly likes: readonly string[]; readonly dislikes: readonly string[] };
  /** 0 = the cheapest of its kind, 1 = the dearest. */
  readonly priceLevel: number;
  /** What the shopper would most like to see, were this the first visit. */
  readonly wouldLove: readonly { readonly id: string; readonly title: string; readonly price: number; readonly clickChance: number }[];
}

/** Everything that there is to know about a shopper's taste now, for a person to read. */
export function describeShopper(world: World, shopper: Shopper, products = 6): Portrait {
  const interest = interestAt(shopper, world.now);
  const [main, second, fading, growing] = shopper.lifestyles;
  const brands = taxonomy.brands.filter(({ department }) => taxonomy.categories.some((category) => category.department === department && interest[category.index]! > 0.5));
  const moment = { shopper, memory: new Memory(), time: world.now, mission: undefined };
  const appeal = new Appeal(moment);
  return {
    id: shopper.userId ?? shopper.anonymousId,
    name: shopper.name,
    lifestyles: { main: main.name, second: second.name, fading: fading.name, growing: growing.name },
    interests: taxonomy.categories
      .map(({ index, name, departmentName }) => ({ category: `${departmentName} > ${name}`, strength: round(interest[index]!) }))
      .sort((a, b) => b.strength - a.strength).slice(0, 8),
    styles: {
      likes: styleNames.filter((_, style) => shopper.styles[style]! > 0),
      dislikes: styleNames.filter((_, style) => shopper.styles[style]! < 0),
    },
    brands: {
      likes: brands.filter(({ index }) => brandLiking(shopper, index) > 1).map(({ name }) => name),
      dislikes: brands.filter(({ index }) => brandLiking(shopper, index) < -1).map(({ name }) => name),
    },
    priceLevel: round(shopper.priceLevel),
    wouldLove: world.oracleList(moment, products).map((id) => {
      const product = world.catalogue.find(id)!;
      return { id, title: product.item.title, price: product.item.price, clickChance: round(appeal.offer(product).attraction) };
    }),
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
