/** How a kind of thing speaks in its description: a durable object, something used up, or something read or played. */
export type Voice = 'object' | 'blend' | 'story';

/** One type of product ("burr coffee grinder"), from which the catalogue makes several products. */
export interface ProductType {
  readonly noun: string;
  /** Cheapest and dearest sensible price. */
  readonly price: readonly [number, number];
  /** Words that may stand before the noun. */
  readonly kinds: readonly string[];
  readonly sentences: readonly string[];
  /** Nouns of the types that one wants next after this one. */
  readonly goesWith: readonly string[];
  /** Days until one needs it again; undefined for what lasts. */
  readonly lastsDays?: number;
}

export interface Category {
  readonly name: string;
  readonly voice: Voice;
  readonly types: readonly ProductType[];
}

export interface Department {
  readonly name: string;
  /** From the cheapest to the dearest. */
  readonly brands: readonly string[];
  readonly categories: readonly Category[];
}

export interface TypeOptions {
  readonly with?: string;
  readonly lasts?: number;
}

const list = (text: string): string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '');

/** A product type in one line: kinds separated by commas, sentences by `|`. */
export function type(noun: string, low: number, high: number, kinds: string, sentences: string, options: TypeOptions = {}): ProductType {
  return {
    noun,
    price: [low, high],
    kinds: list(kinds),
    sentences: sentences.split('|').map((sentence) => sentence.trim()),
    goesWith: list(options.with ?? ''),
    ...(options.lasts === undefined ? {} : { lastsDays: options.lasts }),
  };
}

export function category(name: string, voice: Voice, types: readonly ProductType[]): Category {
  return { name, voice, types };
}

export function department(name: string, brands: string, categories: readonly Category[]): Department {
  return { name, brands: list(brands), categories };
}
