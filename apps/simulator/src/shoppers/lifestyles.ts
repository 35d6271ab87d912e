import { taxonomy } from '../shop/taxonomy.js';

/** A pattern of interests that many shoppers share; it is what makes one shopper's history say something about another's. */
export interface Lifestyle {
  readonly name: string;
  /** Interest in each category, 0 to 1, by category index. */
  readonly interest: ReadonlyMap<number, number>;
}

const described: Readonly<Record<string, string>> = {
  'home barista': 'Coffee 1, Breakfast .6, Chocolate & Sweets .5, Tableware .4',
  'keen cook': 'Cookware 1, Knives & Prep .9, Spices & Sauces .9, Cookbooks .7, Tableware .4',
  'weekend baker': 'Baking 1, Chocolate & Sweets .5, Breakfast .6, Cookbooks .7',
  'tea drinker': 'Tea 1, Candles & Scent .7, Bath .5, Stationery .5, Mystery .4',
  'dinner host': 'Tableware 1, Spices & Sauces .6, Snacks & Nuts .8, Candles & Scent .6, Outdoor Living .5',
  hillwalker: 'Hiking 1, Nature & Travel .8, Outerwear .6, Camping .5',
  'wild camper': 'Camping 1, Hiking .6, Paddling .6, Outdoor Living .4',
  climber: 'Climbing 1, Strength .7, Swimming & Recovery .5, Camping .4',
  runner: 'Running 1, Swimming & Recovery .8, Snacks & Nuts .5, Strength .4',
  cyclist: 'Cycling 1, Running .4, Coffee .5, Smart Home .3',
  yogi: 'Yoga 1, Tea .6, Candles & Scent .6, Skincare .5, Swimming & Recovery .4',
  'winter sports fan': 'Winter 1, Outerwear .7, Swimming & Recovery .5, Chocolate & Sweets .4',
  'lake person': 'Paddling 1, Swimming & Recovery .8, Camping .6, Bottoms .3',
  gamer: 'Gaming 1, Desk Tech .7, Science Fiction .5, Snacks & Nuts .5, Audio .4',
  'record collector': 'Vinyl 1, Audio .9, Instruments .4, Lighting .4',
  photographer: 'Photography 1, Nature & Travel .6, Bags & Accessories .5, Desk Tech .4',
  'gadget lover': 'Smart Home 1, Desk Tech .8, Audio .6, Gaming .4',
  gardener: 'Seeds & Bulbs 1, Garden Tools .9, Birds & Wildlife .7, Nature & Travel .4',
  'plant parent': 'Indoor Plants 1, Storage .4, Lighting .5, Candles & Scent .5',
  birdwatcher: 'Birds & Wildlife 1, Nature & Travel .8, Photography .5, Hiking .4',
  'new parent': 'Baby 1, Arts & Play .8, Building .7, Bedding .4',
  'board gamer': 'Board Games 1, Puzzles .8, Science Fiction .5, Snacks & Nuts .5',
  'sharp dresser': 'Tops 1, Outerwear .7, Footwear .9, Bags & Accessories .9, Bottoms .8',
  'beauty enthusiast': 'Skincare 1, Make-up .9, Haircare .7, Fragrance .7',
  'gentle groomer': 'Grooming & Body 1, Fragrance .7, Footwear .4, Haircare .4',
  'crime reader': 'Mystery 1, History & Ideas .5, Tea .5, Puzzles .5',
  'reader of everything': 'History & Ideas 1, Nature & Travel .7, Science Fiction .6, Stationery .5',
  painter: 'Drawing & Painting 1, Stationery .7, Arts & Play .4, Photography .3',
  knitter: 'Knitting & Sewing 1, Tea .5, Bedding .4, Arts & Play .4',
  musician: 'Instruments 1, Vinyl .6, Audio .6, Desk Tech .3',
  nester: 'Bedding 1, Bath .8, Lighting .7, Storage .8, Candles & Scent .5',
};

const categoryByName = new Map(taxonomy.categories.map(({ name, index }) => [name, index]));

function parse(text: string): ReadonlyMap<number, number> {
  return new Map(text.split(', ').map((entry) => {
    const at = entry.lastIndexOf(' ');
    const category = categoryByName.get(entry.slice(0, at));
    if (category === undefined) throw new RangeError(`No category is called '${entry.slice(0, at)}'.`);
    return [category, Number(entry.slice(at + 1))] as const;
  }));
}

export const lifestyles: readonly Lifestyle[] = Object.entries(described).map(([name, text]) => ({ name, interest: parse(text) }));
