import fc from 'fast-check';
import type { CatalogueSchema } from '../catalogue-schema.js';

/** A catalogue with an attribute of each type. */
export const schema: CatalogueSchema = { attributes: { margin: 'number', brand: 'string', adult: 'boolean', colours: 'strings', sizes: 'numbers', odd: 'mixed', 'a-b': 'number' } };

export const NOW = 1_750_000_000_000;
const word = fc.constantFrom('red', 'blue', 'Comedy', 'Drama', 'acme', '', 'é');
const number = fc.oneof(fc.integer({ min: -3, max: 30 }), fc.constantFrom(9.99, 0.5, 0.1));
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** An item; what is undefined is missing. */
export const randomItem = fc.record({
  id: fc.constantFrom('p1', 'p2', 'red'), title: fc.constantFrom('', 'Toy Story', 'red'), categories: fc.uniqueArray(word, { maxLength: 4 }), tags: fc.uniqueArray(word, { maxLength: 4 }),
  price: optional(number.map(Math.abs)), available: fc.boolean(), publishedAtMs: fc.constantFrom(-Infinity, NOW, NOW - 3_600_000, NOW - 40 * 86_400_000),
  attributes: fc.record({
    margin: number, brand: word, adult: fc.boolean(), colours: fc.array(word, { maxLength: 3 }), sizes: fc.array(number, { maxLength: 3 }), odd: fc.oneof(word, number, fc.boolean()), 'a-b': number,
  }, { requiredKeys: [] }),
});

export type RandomItem = typeof randomItem extends fc.Arbitrary<infer T> ? T : never;

export const randomFacts = fc.record({ id: word, age: number, likes: fc.array(word, { maxLength: 4 }), vip: fc.boolean() }, { requiredKeys: [] });

const text = word.map((value) => JSON.stringify(value));
const double = fc.constantFrom('0.0', '1.0', '9.99', '0.5', '20.0', '0.1');
const int = fc.constantFrom('0', '1', '2', '7');

const tree = fc.letrec<Record<'bool' | 'double' | 'int' | 'text' | 'texts' | 'inner', string>>((tie) => {
  const pair = (left: 'double' | 'int' | 'text' | 'bool' | 'texts', operators: readonly string[], right = left): fc.Arbitrary<string> =>
    fc.tuple(tie(left), fc.constantFrom(...operators), tie(right)).map(([a, operator, b]) => `(${a} ${operator} ${b})`);
  const compare = ['==', '!=', '<', '<=', '>', '>='];
  const macro = (name: string): fc.Arbitrary<string> => fc.tuple(tie('texts'), tie('inner')).map(([list, body]) => `${list}.${name}(x, ${body})`);
  return {
    inner: fc.oneof(text.map((value) => `x == ${value}`), tie('texts').map((list) => `x in ${list}`), text.map((value) => `x.startsWith(${value})`), fc.constant('x < item.brand'), fc.constant('size(x) > 3')),
    bool: fc.oneof(
      { maxDepth: 4 }, fc.constantFrom('true', 'false', 'item.available', 'item.adult', '(user.vip == true)', "'age' in user", 'has(item.price)', 'has(item.margin)', 'has(seed.title)', 'has(item.tags)', 'has(user.age)'),
      pair('double', compare), pair('int', compare), pair('text', compare), pair('bool', ['&&', '||', '==', '!=']), pair('double', ['<', '>='], 'int'), pair('texts', ['==']),
      tie('bool').map((value) => `!(${value})`), fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(tie('text'), tie('texts')).map(([value, list]) => `(${value} in ${list})`), macro('exists'), macro('all'), macro('exists_one'),
      fc.tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text')).map(([a, method, b]) => `${a}.${method}(${b})`),
      fc.constantFrom("(item.publishedAt > timestamp('2025-06-01T00:00:00Z'))", "(now - item.publishedAt <= duration('1h'))", "(item.odd == 'red')", '(item.odd != seed.odd)', '(item.sizes[1] > 3.0)'),
    ),
    double: fc.oneof(
      { maxDepth: 4 }, double, fc.constantFrom('item.price', 'item.margin', 'seed.price', 'item["a-b"]', 'item.sizes[0]'), pair('double', ['+', '-', '*', '/']), tie('double').map((value) => `-(${value})`),
      tie('int').map((value) => `double(${value})`), fc.tuple(tie('bool'), tie('double'), tie('double')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
    int: fc.oneof({ maxDepth: 4 }, int, tie('texts').map((list) => `size(${list})`), tie('text').map((value) => `${value}.size()`), pair('int', ['+', '-', '*', '/', '%'])),
    text: fc.oneof({ maxDepth: 4 }, text, fc.constantFrom('item.id', 'item.title', 'item.brand', 'seed.brand'), pair('text', ['+']), tie('text').map((value) => `${value}.lowerAscii()`), tie('double').map((value) => `string(${value})`)),
    texts: fc.oneof({ maxDepth: 3 }, fc.array(text, { minLength: 1, maxLength: 12 }).map((list) => `[${list.join(', ')}]`), fc.constantFrom('item.categories', 'item.tags', 'item.colours', 'seed.categories', '[item.brand, "red"]', '["red", seed.brand, item.id]'), macro('filter')),
  };
});

/** Expressions that are true or false, well typed for `schema`. */
export const randomFilter: fc.Arbitrary<string> = tree.bool;
/** Expressions that are a number. */
export const randomBoost: fc.Arbitrary<string> = fc.oneof(tree.double, tree.int);
