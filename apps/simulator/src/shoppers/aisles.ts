import type { Random } from '../random.js';
import type { Catalogue } from '../shop/catalogue.js';
import { onSaleAt, type Product } from '../shop/product.js';
import { taxonomy } from '../shop/taxonomy.js';

/** The pages that the shop shows without any recommender: category listings, search results and the editors' home page. */
export class Aisles {
  private readonly cumulative: readonly Float64Array[];
  private readonly prominent: readonly Product[];

  constructor(private readonly catalogue: Catalogue) {
    this.cumulative = taxonomy.categories.map(({ index }) => cumulate(catalogue.inCategory(index)));
    this.prominent = [...catalogue.products].sort((a, b) => b.prominence - a.prominence).slice(0, 240);
  }

  /** Products of a category, the prominent ones more often and earlier; all of `type` when it is given and has enough. */
  listing(page: { readonly category: number; readonly type?: number | undefined; readonly time: number }, length: number, random: Random): readonly Product[] {
    const products = this.catalogue.inCategory(page.category);
    const cumulative = this.cumulative[page.category]!;
    const found = new Set<Product>();
    if (page.type !== undefined) {
      const ofType = this.catalogue.ofType(page.type).filter((product) => onSaleAt(product, page.time));
      for (const product of random.shuffle(ofType).slice(0, Math.ceil(length * 0.7))) found.add(product);
    }
    for (let attempt = 0; attempt < 4 * length && found.size < length; attempt += 1) {
      const product = products[search(cumulative, random.next() * (cumulative.at(-1) ?? 0))];
      if (product !== undefined && onSaleAt(product, page.time)) found.add(product);
    }
    return [...found];
  }

  /** The same for everybody on the same day. */
  homePage(time: number, length: number, random: Random): readonly Product[] {
    const day = Math.floor(time / 86_400_000);
    const start = (day * 37) % this.prominent.length;
    const picks = Array.from({ length: 3 * length }, (_, i) => this.prominent[(start + i * 5) % this.prominent.length]!);
    return random.shuffle([...new Set(picks)].filter((product) => onSaleAt(product, time))).slice(0, length);
  }

  /** What the product page puts beside a product: more of its type, and what goes with it. */
  beside(product: Product, time: number, length: number, random: Random): readonly Product[] {
    const types = [product.type, product.type, ...taxonomy.types[product.type]!.goesWith];
    const found = new Set<Product>();
    for (let attempt = 0; attempt < 5 * length && found.size < length; attempt += 1) {
      const others = this.catalogue.ofType(random.pick(types));
      const other = others[random.int(others.length)];
      if (other !== undefined && other !== product && onSaleAt(other, time)) found.add(other);
    }
    return [...found];
  }
}

function cumulate(products: readonly Product[]): Float64Array {
  let sum = 0;
  return Float64Array.from(products, ({ prominence }) => (sum += prominence));
}

/** First index whose cumulative weight exceeds the value. */
function search(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
