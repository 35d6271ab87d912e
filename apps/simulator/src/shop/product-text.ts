import type { Random } from '../random.js';
import { firstNames, lastNames, lines } from './names.js';
import type { CatalogueType } from './product.js';
import { styles } from './styles.js';
import type { Brand } from './taxonomy.js';
import { expand, grammars } from './titles.js';

export interface ProductName {
  readonly title: string;
  /** Author of a book; undefined for other things. */
  readonly creator?: string;
  readonly kind?: string;
}

interface Naming {
  readonly type: CatalogueType;
  readonly brand: Brand;
  readonly random: Random;
  /** Titles already given; the new one is added. */
  readonly taken: Set<string>;
}

/** A title that no other product has. */
export function nameProduct({ type, brand, random, taken }: Naming): ProductName {
  for (let attempt = 0; ; attempt += 1) {
    const name = drawName(type, brand, random);
    const title = attempt < 40 ? name.title : `${name.title} ${romanNumeral(attempt - 38)}`;
    if (taken.has(title)) continue;
    taken.add(title);
    return { ...name, title };
  }
}

function drawName(type: CatalogueType, brand: Brand, random: Random): ProductName {
  const grammar = grammars[type.noun];
  const kind = type.spec.kinds.length > 0 ? random.pick(type.spec.kinds) : undefined;
  const withKind = kind === undefined ? {} : { kind };
  if (grammar === undefined) {
    const words = [brand.name, random.pick(lines), ...(kind === undefined ? [] : [titleCase(kind)]), titleCase(type.noun)];
    return { title: words.join(' '), ...withKind };
  }
  const own = expand(random.pick(grammar.patterns), (count) => random.int(count));
  if (grammar.form === 'book') return { title: own, creator: `${random.pick(firstNames)} ${random.pick(lastNames)}`, ...withKind };
  const [work, artist] = own.split(' by ');
  if (grammar.form === 'record') return { title: `${work} – ${artist} (${[kind, type.noun].filter(Boolean).join(' ')})`, ...(artist === undefined ? {} : { creator: artist }), ...withKind };
  return { title: `${own}, ${article([kind, type.noun].filter(Boolean).join(' '))}`, ...withKind };
}

interface Describing {
  readonly type: CatalogueType;
  readonly style: number;
  readonly colour: string | undefined;
  readonly material: string | undefined;
  readonly random: Random;
}

/** Two sentences: what the type is good for, then its style or what it is made of. */
export function describeProduct({ type, style, colour, material, random }: Describing): string {
  const first = random.pick(type.spec.sentences);
  const second = colour !== undefined && material !== undefined && random.chance(0.4) ? `${capitalise(material)}, in ${colour}.` : random.pick(styles[style]!.says[type.voice]);
  return `${first} ${second}`;
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const small = new Set(['of', 'and', 'with', 'the', 'in', 'for', 'to']);

/** "front-and-rear bike lights" → "Front-and-Rear Bike Lights". */
export const titleCase = (text: string): string =>
  text.replace(/[\p{L}\d'’]+/gu, (word, at: number) => (at > 0 && small.has(word) ? word : /^\d/.test(word) || (word.length <= 2 && /^(mm|cm|g|m|w)$/i.test(word)) ? word : capitalise(word)));

const article = (phrase: string): string => `${/^[aeiou]/i.test(phrase) ? 'an' : 'a'} ${phrase}`;

function romanNumeral(value: number): string {
  const units = ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'];
  return value < 10 ? units[value]! : `${'X'.repeat(Math.floor(value / 10))}${units[value % 10]!}`;
}
