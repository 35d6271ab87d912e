/** Requests that bring hostile expressions: with a request, saved with a placement or for all of them, and previewed. */
import fc from 'fast-check';
import { JSON_TYPE, bearer, requestBytes, type Attempt } from './attempts.ts';
import { hostileBoost, hostileExpression, type MadeExpression } from './hostile-expressions.ts';
import { jsonText } from './json-text.ts';
import type { Keys } from './malformed-requests.ts';

/** Placements that expressions are saved with, so that requests meet them. */
export const PLACEMENTS = Array.from({ length: 10 }, (_, i) => `hostile-${i}`);

/** What makes long texts and lists for expressions to go through. */
const CONTEXT = { long: 'a'.repeat(4000), likes: Array.from({ length: 500 }, (_, i) => `tag-${i}`), timeZone: 'Europe/Oslo' };
const MOST_RULES = 30;
const MOST_ENTRIES = 100;
const MOST_USERS = 100;

const placement = fc.constantFrom('home', 'item', 'trending', ...PLACEMENTS);
const user = fc.constantFrom('1', '2', '250', 'nobody');

interface Made {
  readonly route: string;
  readonly body?: unknown;
  readonly query?: string;
  readonly expressions: readonly MadeExpression[];
}

const withRequest: fc.Arbitrary<Made> = fc.record({ placement, userId: user, filter: fc.option(hostileExpression, { freq: 3 }), boost: fc.option(hostileBoost, { freq: 1 }), limit: fc.constantFrom(10, 200), explain: fc.boolean() }).map(({ filter, boost, ...rest }) => ({
  route: 'POST /v1/recommendations', expressions: [filter, boost].filter((made) => made !== null),
  body: { ...rest, items: ['3'], context: CONTEXT, ...(filter === null ? {} : { filter: filter.source }), ...(boost === null ? {} : { boost: boost.source }) },
}));

const withQuery: fc.Arbitrary<Made> = fc.tuple(placement, hostileExpression.filter(({ source }) => source.length < 3000)).map(([name, filter]) => ({
  route: 'GET /v1/recommendations', query: `placement=${name}&userId=1&filter=${encodeURIComponent(filter.source.toWellFormed())}`, expressions: [filter],
}));

const entry = fc.tuple(placement, hostileExpression.filter(({ source }) => source.length < 5000));
const rightEntry = fc.tuple(placement, hostileExpression.filter(({ kind }) => kind === 'costly'));

/** A few entries, or as many as there may be, all of them right. */
const withBatch: fc.Arbitrary<Made> = fc.oneof(
  { weight: 4, arbitrary: fc.array(entry, { minLength: 1, maxLength: 12 }) }, { weight: 1, arbitrary: fc.array(rightEntry, { minLength: MOST_ENTRIES, maxLength: MOST_ENTRIES, size: 'max' }) },
).map((entries) => ({
  route: 'POST /v1/recommendations:batch', expressions: entries.map(([, made]) => made),
  body: { requests: entries.map(([name, { source }], i) => ({ placement: name, userId: String(i), filter: source, limit: 200, context: { long: CONTEXT.long, likes: ['tag-1'] } })) },
}));

/** As a rule says it: at most one thing of each kind. */
const rule = fc.record({ when: fc.option(hostileExpression, { freq: 4 }), filter: hostileExpression, boost: fc.option(hostileBoost, { freq: 2 }), pin: fc.option(hostileExpression, { freq: 4 }), slot: fc.integer({ min: 1, max: 200 }) });
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

const ruleBody = ({ when, filter, boost, pin, slot }: Rule, i: number): unknown => ({
  name: `rule-${i}`, filter: filter.source, ...(when === null ? {} : { when: when.source }), ...(boost === null ? {} : { boost: boost.source }), ...(pin === null ? {} : { pin: { expression: pin.source, slot } }),
});
const expressionsOf = (rules: readonly Rule[]): readonly MadeExpression[] => rules.flatMap(({ when, filter, boost, pin }) => [when, filter, boost, pin].filter((made) => made !== null));

/** Mostly one rule, so that many are saved; now and then as many as there may be, all of them right. */
const rules: fc.Arbitrary<readonly Rule[]> = fc.oneof(
  { weight: 5, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: hostileExpression.filter(({ kind }) => kind === 'costly').map((filter) => Array.from({ length: MOST_RULES }, () => ({ when: null, filter, boost: null, pin: null, slot: 1 }))) },
);

const SOURCES = [{ name: 'personal', limit: 200 }, { name: 'popular', limit: 500 }, { name: 'trending', limit: 100 }];

const withPlacement: fc.Arbitrary<Made> = fc.tuple(fc.constantFrom(...PLACEMENTS), rules).map(([name, made]) => ({
  route: `PUT /v1/placements/${name}`, expressions: expressionsOf(made), body: { sources: SOURCES, candidates: 500, rules: made.map(ruleBody) },
}));

const withTenant: fc.Arbitrary<Made> = rules.map((made) => ({ route: 'PUT /v1/rules', expressions: expressionsOf(made), body: { rules: made.map(ruleBody) } }));

const withPreview: fc.Arbitrary<Made> = fc.tuple(placement, rules, fc.constantFrom(3, 3, MOST_USERS)).map(([name, made, users]) => ({
  route: `POST /v1/placements/${name}:preview`, expressions: expressionsOf(made),
  body: { placement: { sources: SOURCES, rules: made.map(ruleBody) }, users: Array.from({ length: users }, (_, i) => String(i)), items: ['4'], limit: 200, context: CONTEXT },
}));

/** The documented operation of a route. */
const operationOf = (route: string): string => route.replace(/placements\/[^/:]+/, 'placements/{name}');

/** A request with hostile expressions at any level. */
export function hostileRules(keys: Keys): fc.Arbitrary<Attempt> {
  return fc.oneof(
    { weight: 10, arbitrary: withRequest }, { weight: 3, arbitrary: withQuery }, { weight: 3, arbitrary: withBatch }, { weight: 4, arbitrary: withPlacement }, { weight: 2, arbitrary: withTenant }, { weight: 3, arbitrary: withPreview },
  ).map(({ route, body, query, expressions }) => {
    const [method, path] = route.split(' ') as [string, string];
    const bytes = requestBytes({
      method, target: query === undefined ? path : `${path}?${query}`, headers: [bearer(keys.secret), ...(body === undefined ? [] : [JSON_TYPE])], ...(body === undefined ? {} : { body: Buffer.from(jsonText(body)) }),
    });
    const kinds = [...new Set(expressions.map(({ kind }) => kind))].sort().join(' and ');
    return { kind: `expressions: ${kinds || 'none'}`, operation: operationOf(route), bytes, owed: 1, malformed: expressions.some(({ malformed }) => malformed) };
  });
}
