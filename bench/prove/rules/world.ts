/** Made-up catalogues, rules and requests, each expression said twice: in CEL, and as a function that shares nothing with it. */
import fc from 'fast-check';
import { someExploration, type MadeExploration } from './exploration.ts';

export interface Item {
  readonly ordinal: number;
  readonly available: boolean;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly price: number | undefined;
  readonly margin: number | undefined;
  readonly brand: string | undefined;
}

export interface Visit {
  readonly tier: string | undefined;
  readonly device: string;
  readonly country: string;
}

export interface Said<T> {
  readonly cel: string;
  /** Undefined where a value that it depends on is missing. */
  readonly js: (item: Item, visit: Visit) => T | undefined;
}

export interface MadeRule {
  readonly name: string;
  readonly when?: Said<boolean>;
  readonly filter?: Said<boolean>;
  readonly boost?: Said<number>;
  readonly pin?: { readonly slot: number; readonly expression: Said<boolean> };
}

export interface MadeCap { readonly group: 'categories' | 'brand'; readonly limit: number; readonly window: number }

export interface Rules {
  readonly tenant: readonly MadeRule[];
  readonly placement: readonly MadeRule[];
  readonly request: { readonly filter?: Said<boolean>; readonly boost?: Said<number>; readonly diversity?: number };
  readonly tenantCaps: readonly MadeCap[];
  readonly placementCaps: readonly MadeCap[];
  readonly diversity: number;
  readonly fill: 'fill-up' | 'strict';
  readonly exploration: MadeExploration | undefined;
}

const CATEGORIES = ['Books', 'Films', 'Games', 'Music', 'Toys', 'Tools'];
const TAGS = ['sale', 'new', 'eco', 'gift'];
const BRANDS = ['Acme', 'Bolt', 'Coda', 'Dune'];

export const someItem = (ordinal: number): fc.Arbitrary<Item> => fc.record({
  ordinal: fc.constant(ordinal),
  available: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  categories: fc.uniqueArray(fc.constantFrom(...CATEGORIES), { maxLength: 3 }),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 2 }),
  price: fc.option(fc.integer({ min: 1, max: 400 }).map((quarters) => quarters / 4), { nil: undefined, freq: 6 }),
  margin: fc.option(fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100), { nil: undefined, freq: 4 }),
  brand: fc.option(fc.constantFrom(...BRANDS), { nil: undefined, freq: 5 }),
});

export const someVisit: fc.Arbitrary<Visit> = fc.record({
  tier: fc.constantFrom('gold', 'blue', undefined), device: fc.constantFrom('phone', 'desktop'), country: fc.constantFrom('DE', 'FR', 'US'),
});

const over = (a: number | undefined, b: number): boolean | undefined => (a === undefined ? undefined : a > b);

/** CEL's or: true wins over what is missing, and what is missing over false. */
const either = (a: boolean | undefined, b: boolean | undefined): boolean | undefined => (a === true || b === true ? true : a === undefined || b === undefined ? undefined : false);
const both = (a: boolean | undefined, b: boolean | undefined): boolean | undefined => (a === false || b === false ? false : a === undefined || b === undefined ? undefined : true);

const price = fc.integer({ min: 1, max: 100 });
const atom: fc.Arbitrary<Said<boolean>> = fc.oneof(
  price.map((n): Said<boolean> => ({ cel: `item.price < ${n}.0`, js: (item) => (item.price === undefined ? undefined : item.price < n) })),
  price.map((n): Said<boolean> => ({ cel: `item.price > ${n}.5`, js: (item) => over(item.price, n + 0.5) })),
  fc.constantFrom(...CATEGORIES).map((name): Said<boolean> => ({ cel: `'${name}' in item.categories`, js: ({ categories }) => categories.includes(name) })),
  fc.constantFrom(...TAGS).map((name): Said<boolean> => ({ cel: `item.tags.exists(t, t == '${name}')`, js: ({ tags }) => tags.some((tag) => tag === name) })),
  fc.constantFrom(...BRANDS).map((name): Said<boolean> => ({ cel: `item.brand == '${name}'`, js: ({ brand }) => (brand === undefined ? undefined : brand === name) })),
  fc.constant<Said<boolean>>({ cel: 'has(item.margin) && item.margin > 0.2', js: ({ margin }) => margin !== undefined && margin > 0.2 }),
  fc.constant<Said<boolean>>({ cel: `user.tier == 'gold'`, js: (_, { tier }) => (tier === undefined ? undefined : tier === 'gold') }),
);

const negated = (said: Said<boolean>): Said<boolean> => ({
  cel: `!(${said.cel})`,
  js: (item, visit) => {
    const value = said.js(item, visit);
    return value === undefined ? undefined : !value;
  },
});

export const someFilter: fc.Arbitrary<Said<boolean>> = fc.oneof(
  { weight: 3, arbitrary: atom },
  { weight: 2, arbitrary: atom.map(negated) },
  { weight: 3, arbitrary: fc.tuple(atom, atom).map(([a, b]): Said<boolean> => ({ cel: `${a.cel} || (${b.cel})`, js: (item, visit) => either(a.js(item, visit), b.js(item, visit)) })) },
  { weight: 1, arbitrary: fc.tuple(atom, atom).map(([a, b]): Said<boolean> => ({ cel: `(${a.cel}) && ${b.cel}`, js: (item, visit) => both(a.js(item, visit), b.js(item, visit)) })) },
);

export const someBoost: fc.Arbitrary<Said<number>> = fc.oneof(
  fc.constantFrom<Said<number>>(
    { cel: 'item.margin > 0.3 ? 1.5 : 1.0', js: ({ margin }) => (margin === undefined ? undefined : margin > 0.3 ? 1.5 : 1) },
    { cel: '1.0 + item.margin', js: ({ margin }) => (margin === undefined ? undefined : 1 + margin) },
    { cel: `'sale' in item.tags ? 2.0 : 0.5`, js: ({ tags }) => (tags.includes('sale') ? 2 : 0.5) },
    { cel: 'item.price / 10.0', js: (item) => (item.price === undefined ? undefined : item.price / 10) },
    { cel: '1.0 / (item.price - item.price)', js: (item) => (item.price === undefined ? undefined : Infinity) },
    { cel: '1000.0', js: () => 1000 },
    { cel: '-3.0', js: () => -3 },
    { cel: `context.device == 'phone' ? 1.25 : 1.0`, js: (_, { device }) => (device === 'phone' ? 1.25 : 1) },
  ),
);

const someCondition: fc.Arbitrary<Said<boolean>> = fc.constantFrom<Said<boolean>>(
  { cel: `context.device == 'phone'`, js: (_, { device }) => device === 'phone' },
  { cel: `context.country in ['DE', 'FR']`, js: (_, { country }) => ['DE', 'FR'].includes(country) },
  { cel: `user.tier == 'gold'`, js: (_, { tier }) => (tier === undefined ? undefined : tier === 'gold') },
  { cel: `!has(user.tier)`, js: (_, { tier }) => tier === undefined },
);

/** Undefined once in `freq` times. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq });

function someRules(most: number): fc.Arbitrary<MadeRule[]> {
  const rule = fc.oneof(
    fc.record({ when: maybe(someCondition, 2), filter: someFilter }), fc.record({ when: maybe(someCondition, 2), boost: someBoost }),
    fc.record({ when: maybe(someCondition, 2), pin: fc.record({ slot: fc.integer({ min: 1, max: 12 }), expression: someFilter }) }),
  );
  return fc.array(rule, { maxLength: most }).map((rules) => rules.map((made, i) => ({
    name: `rule-${i}`, ...Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)),
  })));
}

const someCaps = fc.uniqueArray(
  fc.record<MadeCap>({ group: fc.constantFrom('categories', 'brand'), limit: fc.integer({ min: 1, max: 3 }), window: fc.integer({ min: 1, max: 8 }) }), { maxLength: 2, selector: ({ group }) => group },
);

export const someRuleSet: fc.Arbitrary<Rules> = fc.record({
  tenant: someRules(2),
  placement: someRules(3),
  request: fc.record({ filter: maybe(someFilter, 2), boost: maybe(someBoost, 2), diversity: maybe(fc.constantFrom(0, 0.25, 0.8), 2) })
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Rules['request']),
  tenantCaps: someCaps,
  placementCaps: someCaps,
  diversity: fc.constantFrom(0, 0, 0, 0.5, 1),
  fill: fc.constantFrom('fill-up' as const, 'strict' as const),
  exploration: maybe(someExploration, 2),
});
