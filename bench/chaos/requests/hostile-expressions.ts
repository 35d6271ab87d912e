/** Expressions that are wrong, and expressions that are right and made to cost as much as they can. */
import fc from 'fast-check';

export interface MadeExpression {
  readonly source: string;
  readonly kind: string;
  /** It is no expression of the language, whatever the catalogue is. */
  readonly malformed: boolean;
}

/** The longest that there may be. */
const LONGEST = 2000;

const name = fc.constantFrom('title', 'price', 'tags', 'categories', 'publishedAt', 'available', 'id', 'long', 'weight');
const text = fc.constantFrom('a', '', 'x'.repeat(500), 'aaaaaaaaab', "\\'", '\\u0000', '💥', '\\n');
const repeated = (part: string, between: string): string => Array.from({ length: Math.floor(LONGEST / (part.length + between.length)) }, () => part).join(between);

/** Right, as a filter: each goes to the end of some limit. */
const costly: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "item.tags.exists(t, t.contains('b'))", "item.tags.all(t, t.lowerAscii().contains('zz'))", "(item.title + item.title).contains('zz')", "item.tags.filter(t, t.startsWith('a')).size() > 3", 'item.tags.exists_one(t, t == item.title)',
    "context.long.contains('aaaaab')", "context.likes.exists(l, l in item.tags)", "string(item.price).contains('9')", "now - item.publishedAt < duration('1h')", "user.likes.exists(l, l == 'a')", "size(item.title) > 100000",
  ).chain((part) => fc.constantFrom(' && ', ' || ').map((between) => repeated(part, between))),
  fc.integer({ min: 1, max: 150 }).map((times) => `(${Array.from({ length: times }, () => 'context.long').join(' + ')}).contains('${'a'.repeat(200)}b')`),
  fc.integer({ min: 1, max: 20 }).map((depth) => `${'('.repeat(depth)}item.price > 1.0${')'.repeat(depth)}`),
  fc.integer({ min: 1, max: 20 }).map((depth) => `${Array.from({ length: depth }, (_, i) => `item.price > ${i}.0 ? `).join('')}true${' : false'.repeat(depth)}`),
  fc.integer({ min: 1, max: 150 }).map((length) => `item.price in [${Array.from({ length }, (_, i) => `${i}.5`).join(', ')}]`),
  fc.constantFrom('item.price / 0.0 > 1.0', '9007199254740991 * 9007199254740991 > 0', '1 / 0 == 1', '1 % 0 == 1', "double('nan') > 1.0", "double('1e999') > 0.0", "timestamp('9999-12-31T23:59:59Z') + duration('99999999h') > now", '-item.price * 1e308 * 1e308 < 0.0', 'item.price != item.price', "int('x') == 1", "item.title[0] == 'a'", 'item.tags[999999999] == "a"', 'item.tags[-1] == "a"'),
  fc.constantFrom('has(item.__proto__)', "context['__proto__'] == 'a'", 'has(user.constructor)', "user['toString'] == 'a'", "'__proto__' in context", 'true', 'false'),
);

/** Wrong in a way that no catalogue makes right. */
const wrong: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "item.title.matches('(a+)+$')", "matches(item.title, '(.*)*')", "item.tags.map(t, t + t).size() > 1", "item.tags.exists(a, item.tags.exists(b, item.tags.exists(c, a == b)))", "{'a': 1}.a == 1", "{'a': {'b': {}}} == {}", 'null', 'null == null',
    "b'abc' == b'abc'", '1u == 1u', 'item', 'item == item', 'context', "'text'", '1', '1.5 +', '&& true', 'true &&', 'true & false', 'true and false', 'item.price = 1.0', "item.title == 'open", 'item.title == "open', '"""open', 'item.', 'item..price', '.price', 'item[', 'item[]', '[[1], [2]] == []', '[1, "a", true]',
    'item.price > "a"', "item.title + 1 == 'a1'", '!item.title', '-item.title', "'a' && 'b'", 'nothing.price > 1.0', 'process.exit(1)', 'constructor', '__proto__', 'this', 'eval("1")', 'import x', 'while', 'item.price.foo()', 'item.tags.sort()', 'size()', 'size(1, 2)', 'has(item)', 'has(1)', 'duration(1)', "timestamp('yesterday') < now", "duration('1 fortnight') > duration('1h')",
    'item.title[item.title] == 1', 'item[item.title] == 1', 'item?.price', 'item.?price', 'optional.none()', 'a.b.c.d.e.f.g', 'now.getFullYear() == 2026', "'a' in 'abc'", '1 in 2', 'item.price < 1.0 < 2.0', '0x', '1e', '1e+', '.5.5', '99999999999999999999', '#', '@', '\\', '`', '$', 'item.price > 1.0; true', '/* */', '\0', "'\\x'", "'\\u12'", "'\\ud800'", '\ud800',
  ),
  fc.integer({ min: 60, max: 990 }).map((depth) => `${'('.repeat(depth)}true${')'.repeat(depth)}`),
  fc.integer({ min: 60, max: 990 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)} == []`),
  fc.integer({ min: 401, max: 1900 }).map((depth) => `${'!'.repeat(depth)}true`), fc.integer({ min: 401, max: 1900 }).map((depth) => `${'-'.repeat(depth)}1 < 0`),
  fc.integer({ min: 60, max: 150 }).map((depth) => `${'true ? '.repeat(depth)}true${' : false'.repeat(depth)}`),
  fc.integer({ min: 450, max: 900 }).map((length) => `item.price in [${Array.from({ length }, () => '1').join(',')}]`),
  fc.integer({ min: 60, max: 900 }).map((depth) => `item${'.a'.repeat(depth)}`), fc.integer({ min: 60, max: 600 }).map((depth) => `item.tags${'[0]'.repeat(depth)} == 'a'`),
  fc.integer({ min: LONGEST + 1, max: 4096 }).map((length) => `'${'x'.repeat(length - 9)}' == 'a'`), fc.constantFrom(4097, 100_000, 900_000).map((length) => 'x'.repeat(length)),
);

/** Pieces in any order, which nobody can say anything of. */
const jumbled: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.oneof(fc.constantFrom('item', 'user', 'context', 'seed', 'now', '.', '(', ')', '[', ']', '&&', '||', '!', '==', '<', '+', '-', '*', '/', '%', '?', ':', ',', ' in ', '1', '1.5', 'true', 'has(', 'size(', '.exists(x, ', '.contains('), name, text.map((value) => `'${value}'`)), { maxLength: 60 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 100 }), fc.tuple(costly, fc.nat(LONGEST), fc.constantFrom('', '\0', '(', '"', '💥', '..', '&&')).map(([source, at, by]) => source.slice(0, at) + by + source.slice(at + 1)),
);

/** One expression, as a filter or condition would be. */
export const hostileExpression: fc.Arbitrary<MadeExpression> = fc.oneof(
  { weight: 4, arbitrary: costly.map((source) => ({ source, kind: 'costly', malformed: false })) },
  { weight: 4, arbitrary: wrong.map((source) => ({ source, kind: 'wrong', malformed: true })) },
  { weight: 2, arbitrary: jumbled.map((source) => ({ source, kind: 'jumbled', malformed: false })) },
);

/** The same as a boost: a number, made of a filter where it is one. */
export const hostileBoost: fc.Arbitrary<MadeExpression> = fc.oneof(
  hostileExpression.filter(({ source }) => source !== '1').map((made) => (made.kind === 'wrong' ? made : { ...made, source: `(${made.source.slice(0, LONGEST - 20)}) ? 2.0 : 1.0` })),
  fc.constantFrom('item.price * 1e308 * 1e308', '-1.0', '0.0', 'item.price / 0.0', "double('NaN')", '1e999', 'item.price > 1.0', "'a'", 'item.tags.size() * 1000000').map((source) => ({ source, kind: 'odd boost', malformed: false })),
);
