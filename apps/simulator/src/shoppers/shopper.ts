import { hashNormal, Random } from '../random.js';
import { cities, firstNames, lastNames } from '../shop/names.js';
import { styleNames } from '../shop/styles.js';
import { taxonomy } from '../shop/taxonomy.js';
import { lifestyles, type Lifestyle } from './lifestyles.js';

const DAY = 86_400_000;

/** A shopper's true taste. Only the simulator knows it; nothing of it is sent to the platform. */
export interface Shopper {
  readonly index: number;
  readonly seed: number;
  /** Members have a user id; visitors never log in. */
  readonly userId: string | undefined;
  /** The id of the shopper's browser, used whenever they are not logged in. */
  readonly anonymousId: string;
  readonly name: string;
  readonly city: string;
  readonly ageBand: string;
  readonly device: 'mobile' | 'desktop' | 'tablet';
  /** Sessions relative to the average shopper. */
  readonly activity: number;
  /** Main interest, a lasting second one, one that fades and one that grows. */
  readonly lifestyles: readonly [Lifestyle, Lifestyle, Lifestyle, Lifestyle];
  /** When the fading and the growing interest cross, epoch milliseconds. */
  readonly turn: number;
  /** Lasting interest per category, 0 to about 1, before drift. */
  readonly interest: Float64Array;
  /** Liking of each style, −1 to 1. */
  readonly styles: Float64Array;
  /** Preferred price level, 0 = cheapest, 1 = dearest. */
  readonly priceLevel: number;
}

/** The first shoppers are for showing: members, often here, the very first with main interests far apart. */
export const demoCount = 20;
const demoLifestyles: readonly string[] = ['home barista', 'gardener', 'climber', 'record collector', 'new parent', 'beauty enthusiast', 'board gamer', 'keen cook'];

export interface ShopperOptions {
  readonly seed: number;
  readonly now: number;
  /** 1,500 by default. */
  readonly shoppers?: number;
}

export function createShoppers({ seed, now, shoppers = 1_500 }: ShopperOptions): readonly Shopper[] {
  return Array.from({ length: shoppers }, (_, index) => createShopper(seed, now, index));
}

function createShopper(seed: number, now: number, index: number): Shopper {
  const random = new Random(seed, 3, index);
  const drawn = drawLifestyles(random, index);
  const number = String(index + 1).padStart(4, '0');
  return {
    index,
    seed,
    userId: random.chance(0.88) || index < demoCount ? `shopper-${number}` : undefined,
    anonymousId: `browser-${number}`,
    name: `${firstNames[index % firstNames.length]} ${random.pick(lastNames)}`,
    city: random.pick(cities),
    ageBand: random.pick(['18-24', '25-34', '35-44', '45-54', '55-64', '65+']),
    device: random.pick(['mobile', 'mobile', 'mobile', 'desktop', 'desktop', 'tablet']),
    activity: Math.max(index < demoCount ? 1.5 : 0, Math.exp(0.7 * random.normal() - 0.245)),
    lifestyles: drawn,
    turn: now + random.between(-35, 35) * DAY,
    interest: drawInterest(random, drawn),
    styles: drawStyles(random),
    priceLevel: random.between(0.05, 0.9),
  };
}

function drawLifestyles(random: Random, index: number): Shopper['lifestyles'] {
  const first = lifestyles.find(({ name }) => name === demoLifestyles[index]);
  const others = random.shuffle(lifestyles).filter((lifestyle) => lifestyle !== first);
  return (first === undefined ? others.slice(0, 4) : [first, ...others.slice(0, 3)]) as unknown as Shopper['lifestyles'];
}

function drawInterest(random: Random, [main, second]: readonly [Lifestyle, Lifestyle, Lifestyle, Lifestyle]): Float64Array {
  const interest = new Float64Array(taxonomy.categories.length);
  addInterest(interest, main, 1);
  addInterest(interest, second, 0.7);
  for (let stray = 0; stray < 2; stray += 1) interest[random.int(interest.length)]! += 0.55;
  return interest.map((value, category) => Math.min(1.15, Math.max(commonInterest[category]!, value * Math.exp(0.25 * random.normal()))));
}

const addInterest = (interest: Float64Array, { interest: own }: Lifestyle, weight: number): void => {
  for (const [category, value] of own) interest[category] = Math.max(interest[category]!, weight * value);
};

/** What everybody cares about a little: some categories more than others, 0 to about 0.4. */
const commonInterest = taxonomy.categories.map(({ index }) => 0.4 * new Random(8, index).next());

/** One style is loved, one liked, two are disliked. */
function drawStyles(random: Random): Float64Array {
  const [loved, liked, disliked, alsoDisliked] = random.shuffle(styleNames.map((_, i) => i));
  const styles = new Float64Array(styleNames.length);
  styles[loved!] = 1;
  styles[liked!] = 0.6;
  styles[disliked!] = -0.8;
  styles[alsoDisliked!] = -0.8;
  return styles;
}

const latest = new WeakMap<Shopper, { readonly day: number; readonly interest: Readonly<Float64Array> }>();

/** Interest per category on the day of a time: the lasting part waves slowly, one lifestyle fades as another grows. */
export function interestAt(shopper: Shopper, time: number): Readonly<Float64Array> {
  const day = Math.floor(time / DAY);
  const known = latest.get(shopper);
  if (known?.day === day) return known.interest;
  const interest = computeInterest(shopper, (day + 0.5) * DAY);
  latest.set(shopper, { day, interest });
  return interest;
}

function computeInterest(shopper: Shopper, time: number): Float64Array {
  const interest = shopper.interest.slice();
  const grown = 1 / (1 + Math.exp((shopper.turn - time) / (6 * DAY)));
  addInterest(interest, shopper.lifestyles[2], 0.7 * (1 - grown));
  addInterest(interest, shopper.lifestyles[3], 0.7 * grown);
  for (let category = 0; category < interest.length; category += 1) {
    if (interest[category] === 0) continue;
    const phase = hashNormal(shopper.seed, shopper.index, 10_000 + category);
    const period = 50 + 20 * Math.abs(phase);
    interest[category]! *= 1 + 0.25 * Math.sin(phase * Math.PI + (2 * Math.PI * time) / (period * DAY));
  }
  return interest;
}

/** Liking of a brand: each shopper likes and dislikes a few, a standard normal value cut at ±1.5. */
export const brandLiking = (shopper: Shopper, brand: number): number =>
  Math.max(-1.5, Math.min(1.5, hashNormal(shopper.seed, shopper.index, 20_000 + brand)));

/** Liking of a product type beyond its category, standard normal. */
export const typeLiking = (shopper: Shopper, type: number): number => hashNormal(shopper.seed, shopper.index, 30_000 + type);

/** Individual liking of one product that nothing else explains, standard normal. */
export const individualLiking = (shopper: Shopper, product: number): number => hashNormal(shopper.seed, shopper.index, 40_000 + product);
