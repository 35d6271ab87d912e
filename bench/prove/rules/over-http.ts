/** The same against a real stack, through its public API: a small catalogue, configurations saved as a person would, requests. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { StackProcess, type StackState } from '../../shared/stack-process.ts';
import { impossibleSlots } from './exploration.ts';
import { reference, violations, type Candidate } from './reference.ts';
import type { Proof } from './in-process.ts';
import { someItem, someRuleSet, someVisit, type Item, type MadeRule, type Rules, type Visit } from './world.ts';

const ITEMS = 150;
const REQUESTS_A_CONFIGURATION = 4;
const USERS: Readonly<Record<string, string>> = { 'rules-gold': 'gold', 'rules-blue': 'blue' };
const sources = [{ name: 'popular', limit: 500 }];

interface Answer { readonly status: number; readonly body: any } // eslint-disable-line @typescript-eslint/no-explicit-any -- what a show reads from an answer it checks itself

class Api {
  private readonly state: StackState;

  constructor(state: StackState) {
    this.state = state;
  }

  async send(route: string, body?: unknown): Promise<Answer> {
    const [method, path] = route.split(' ') as [string, string];
    const response = await fetch(`${this.state.gateways[0]}${path}`, {
      method, headers: { authorization: `Bearer ${this.state.keys.secret}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = { status: response.status, body: await response.json() };
    if (answer.status >= 400) throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** Asks until the answer is as wanted. */
  async until(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean, what: string): Promise<Answer> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
      const answer = await ask();
      if (wanted(answer)) return answer;
    }
    throw new Error(`After a minute still not so: ${what}.`);
  }
}

const itemBody = ({ ordinal, available, categories, tags, price, margin, brand }: Item) => ({
  id: `item-${ordinal}`, title: `Item ${ordinal}`, available, categories, tags, ...(price === undefined ? {} : { price }),
  attributes: { ...(margin === undefined ? {} : { margin }), ...(brand === undefined ? {} : { brand }) },
});

const ruleBody = ({ name, when, filter, boost, pin }: MadeRule) => ({
  name, ...(when === undefined ? {} : { when: when.cel }), ...(filter === undefined ? {} : { filter: filter.cel }), ...(boost === undefined ? {} : { boost: boost.cel }),
  ...(pin === undefined ? {} : { pin: { slot: pin.slot, expression: pin.expression.cel } }),
});

/** How often an item has been looked at. */
const viewsOf = (ordinal: number): number => 1 + (ordinal * 7) % 20;
/** Items with fewer views may be explored. */
const FEW_VIEWS = 9.5;

const ordinalOf = ({ id }: { readonly id: string }): number => Number(id.slice('item-'.length));

async function fill(api: Api, items: readonly Item[]): Promise<void> {
  await api.send('POST /v1/items:batch', { items: items.map(itemBody) });
  await api.send('POST /v1/users:batch', { users: Object.entries(USERS).map(([id, tier]) => ({ id, attributes: { tier } })) });
  // Every item has a popularity of its own.
  const events = items.flatMap(({ ordinal }) => Array.from({ length: viewsOf(ordinal) }, (_, i) => ({ type: 'view', anonymousId: `somebody-${i}-${ordinal}`, itemId: `item-${ordinal}` })));
  for (let from = 0; from < events.length; from += 500) await api.send('POST /v1/events', { events: events.slice(from, from + 500) });
  await api.send('PUT /v1/placements/plain', { sources, candidates: 500 });
  const available = items.filter((item) => item.available).length;
  await api.until(() => api.send('POST /v1/recommendations', { placement: 'plain', limit: 200 }), ({ body }) => body.items.length === available && body.degraded.length === 0, `all ${available} items are listed`);
  await api.until(() => api.send('GET /v1/users/rules-gold'), ({ status }) => status === 200, 'profiles are there');
  // Statistics come every second; what is compared must not move meanwhile.
  await sleep(3000);
}

const request = (visit: Visit, user: string | undefined) => ({ ...(user === undefined ? {} : { userId: user }), context: { device: visit.device, country: visit.country } });

/** What the plain placement lists: every item that may be shown, with the search's scores, in its order. */
async function plain(api: Api, items: readonly Item[]): Promise<readonly Candidate[]> {
  const { body } = await api.send('POST /v1/recommendations', { placement: 'plain', limit: 200 });
  return body.items.map((shown: { id: string; score: number }) => ({ item: items[ordinalOf(shown)]!, searched: items[ordinalOf(shown)]!, score: shown.score }));
}

const explorationBody = ({ exploration }: Rules) => (exploration === undefined ? {} : {
  exploration: { share: exploration.share, slots: [exploration.from, exploration.to], weights: exploration.weights, among: { shownFewerThan: FEW_VIEWS } },
});

interface AnsweredItem { readonly id: string; readonly source: string; readonly explain: { readonly propensity: number } }

/** Slots that are not as they can be. */
function wrongIn(answered: readonly AnsweredItem[], { candidates, rules, visit, limit }: { readonly candidates: readonly Candidate[]; readonly rules: Rules; readonly visit: Visit; readonly limit: number }): number {
  const { list, pinned } = reference(candidates, rules, { visit, limit });
  const shown = answered.map((item) => ({ ordinal: ordinalOf(item), isExplored: item.source === 'exploration', propensity: item.explain.propensity }));
  const { exploration = { share: 0.5, from: 1001, to: 1001, weights: 'uniform' } as const } = rules;
  const explorable = candidates.filter(({ item }) => viewsOf(item.ordinal) < FEW_VIEWS);
  return impossibleSlots(shown, { rules, visit, exploration, list, explorable }, pinned);
}

async function saved(api: Api, rules: Rules, name: string): Promise<void> {
  await api.send('PUT /v1/rules', { rules: rules.tenant.map(ruleBody), caps: rules.tenantCaps });
  await api.send(`PUT /v1/placements/${name}`, { sources, candidates: 500, rules: rules.placement.map(ruleBody), caps: rules.placementCaps, diversity: rules.diversity, fill: rules.fill, ...explorationBody(rules) });
  await api.until(() => api.send('GET /v1/placements'), ({ body }) => body.placements.some((placement: { name: string }) => placement.name === name), `placement ${name} is known`);
}

/** Lists of a real stack against the same reference; each configuration is a placement of its own. */
export async function proveOverHttp(configurations: number, seed: number): Promise<Proof> {
  const proof = { slates: 0, items: 0, explored: 0, violations: 0, differences: 0 };
  let example: unknown;
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer'] });
  try {
    const api = new Api(await stack.start());
    const items = fc.sample(fc.tuple(...Array.from({ length: ITEMS }, (_, ordinal) => someItem(ordinal))), { numRuns: 1, seed })[0]! as readonly Item[];
    await fill(api, items);
    const visits = fc.sample(fc.record({ visit: someVisit, limit: fc.integer({ min: 1, max: 24 }) }), { numRuns: configurations * REQUESTS_A_CONFIGURATION, seed });
    for (const [n, rules] of fc.sample(someRuleSet, { numRuns: configurations, seed }).entries()) {
      await api.send('PUT /v1/rules', { rules: [], caps: [] });
      await api.until(() => api.send('GET /v1/rules'), ({ body }) => body.rules.length === 0 && body.caps.length === 0, 'the tenant has no rules');
      const candidates = await plain(api, items);
      await saved(api, rules, `proof-${n}`);
      for (const { visit, limit } of visits.slice(n * REQUESTS_A_CONFIGURATION, (n + 1) * REQUESTS_A_CONFIGURATION)) {
        const user = Object.keys(USERS).find((id) => USERS[id] === visit.tier);
        const { filter, boost, diversity } = rules.request;
        const { body } = await api.send('POST /v1/recommendations', {
          placement: `proof-${n}`, limit, explain: true, ...request(visit, user), ...(filter === undefined ? {} : { filter: filter.cel }), ...(boost === undefined ? {} : { boost: boost.cel }),
          ...(diversity === undefined ? {} : { diversity }),
        });
        const shown: number[] = body.items.map(ordinalOf);
        const broken = violations(shown.map((ordinal) => items[ordinal]!), rules, { visit, limit });
        const differs = wrongIn(body.items, { candidates, rules, visit, limit }) > 0;
        proof.explored += body.items.filter(({ source }: AnsweredItem) => source === 'exploration').length;
        proof.slates++;
        proof.items += shown.length;
        proof.violations += broken;
        proof.differences += differs ? 1 : 0;
        if (example === undefined && (differs || broken > 0)) example = { shown, expected: reference(candidates, rules, { visit, limit }).list.map(({ ordinal }) => ordinal), broken, rules, visit, limit, degraded: body.degraded };
      }
    }
  } finally {
    await stack.dispose();
  }
  return { ...proof, ...(example === undefined ? {} : { example }) };
}
