import { Random } from '../random.js';
import { colours } from './names.js';
import { type CatalogueType, type Item, type Product } from './product.js';
import { describeProduct, nameProduct } from './product-text.js';
import { styleNames } from './styles.js';
import { taxonomy, type Brand } from './taxonomy.js';
import { materialsByNoun, nounsWithoutColour } from './traits.js';

const DAY = 86_400_000;

const bindings = ['paperback', 'hardback', 'cloth-bound'];

export interface CatalogueOptions {
  readonly seed: number;
  /** Epoch milliseconds; publication dates are relative to it. */
  readonly now: number;
  /** Number of products, 3,000 by default. */
  readonly products?: number;
}

/** Everything the shop sells, the same for the same options. */
export class Catalogue {
  private readonly indexById: ReadonlyMap<string, number>;
  private readonly byCategory: readonly (readonly Product[])[];
  private readonly byType: readonly (readonly Product[])[];

  constructor(readonly products: readonly Product[]) {
    this.indexById = new Map(products.map((product) => [product.item.id, product.index]));
    this.byCategory = taxonomy.categories.map(({ index }) => products.filter((product) => product.category === index));
    this.byType = taxonomy.types.map(({ index, category }) => this.byCategory[category]!.filter((product) => product.type === index));
  }

  get items(): readonly Item[] {
    return this.products.map(({ item }) => item);
  }

  find(id: string): Product | undefined {
    const index = this.indexById.get(id);
    return index === undefined ? undefined : this.products[index];
  }

  inCategory(category: number): readonly Product[] {
    return this.byCategory[category] ?? [];
  }

  ofType(type: number): readonly Product[] {
    return this.byType[type] ?? [];
  }
}

/** Makes the catalogue: types take turns until there are enough products, then each draws brand, style, price and words. */
export function createCatalogue({ seed, now, products: count = 3_000 }: CatalogueOptions): Catalogue {
  const titles = new Set<string>();
  const typeOrder = new Random(seed, 1).shuffle(taxonomy.types.map(({ index }) => index));
  const typeOf = Array.from({ length: count }, (_, i) => typeOrder[i % typeOrder.length]!).sort((a, b) => a - b);
  return new Catalogue(typeOf.map((type, index) => createProduct({ seed, now, index, type, titles })));
}

interface Slot {
  readonly seed: number;
  readonly now: number;
  readonly index: number;
  readonly type: number;
  readonly titles: Set<string>;
}

function createProduct({ seed, now, index, type: typeIndex, titles }: Slot): Product {
  const random = new Random(seed, 2, index);
  const type = taxonomy.types[typeIndex]!;
  const category = taxonomy.categories[type.category]!;
  const brand = random.pick(taxonomy.brandsOf(category.department));
  const style = drawStyle(random, brand);
  const priceLevel = Math.min(1, Math.max(0, 0.12 + 0.66 * brand.tier + 0.12 * random.normal()));
  const colour = type.voice === 'object' && !nounsWithoutColour.has(type.noun) ? random.pick(colours) : undefined;
  const material = drawMaterial(random, type);
  const { title, creator, kind } = nameProduct({ type, brand, random, taken: titles });
  const text = describeProduct({ type, style, colour, material, random });
  const quality = random.normal();
  const publishedAt = drawPublication(random, now);
  const soldOutAt = random.chance(0.015) && publishedAt < now - 30 * DAY ? now - Math.floor(random.between(0.2, 12) * DAY) : undefined;
  const attributes = {
    brand: brand.name,
    ...(material === undefined ? {} : { material }),
    ...(colour === undefined ? {} : { colour }),
    ...(creator === undefined ? {} : { creator }),
    ...(kind === undefined ? {} : { kind }),
  };
  return {
    index,
    item: {
      id: `p-${String(index + 1).padStart(5, '0')}`,
      title,
      description: text,
      categories: [category.departmentName, category.name],
      tags: [type.noun, styleNames[style]!],
      attributes,
      price: roundPrice(type.spec.price[0] * (type.spec.price[1] / type.spec.price[0]) ** priceLevel),
      available: soldOutAt === undefined,
      publishedAt: new Date(publishedAt).toISOString(),
    },
    type: typeIndex,
    category: category.index,
    department: category.department,
    brand: brand.index,
    style,
    priceLevel,
    quality,
    prominence: Math.exp(0.7 * quality + 0.5 * random.normal()),
    publishedAt,
    soldOutAt,
  };
}

/** Half of what a brand makes is in its own two styles; nobody makes rustic electronics. */
function drawStyle(random: Random, brand: Brand): number {
  const house = new Random(7, brand.index);
  const own = [house.int(styleNames.length), house.int(styleNames.length)];
  const style = random.chance(0.5) ? random.pick(own) : random.int(styleNames.length);
  const isRusticGadget = styleNames[style] === 'rustic' && taxonomy.departmentNames[brand.department] === 'Electronics';
  return isRusticGadget ? styleNames.indexOf('technical') : style;
}

/** Books are told apart by their binding, other things by what they are made of. */
function drawMaterial(random: Random, type: CatalogueType): string | undefined {
  const isBook = taxonomy.departmentNames[taxonomy.categories[type.category]!.department] === 'Books';
  const materials = isBook ? bindings : materialsByNoun.get(type.noun);
  return materials === undefined ? undefined : random.pick(materials);
}

/** One product in eight appeared within the last 60 days, the others over three years; one in a hundred is for the next two weeks. */
function drawPublication(random: Random, now: number): number {
  const isUpcoming = random.chance(0.01);
  const age = isUpcoming ? random.between(-14, 0) : random.chance(0.125) ? random.between(0, 60) : 60 + random.between(0, 1) ** 1.5 * 1_035;
  return Math.floor(now - age * DAY);
}

function roundPrice(price: number): number {
  if (price < 10) return Math.max(0.99, Math.round(price * 2) / 2 - 0.01);
  if (price < 60) return Math.round(price) - 0.01;
  if (price < 250) return Math.round(price);
  return Math.round(price / 5) * 5 - 1;
}
