/** `npm run prove -- skew`: the features that a ranker saw are those that a replay of the archive makes, value for value. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ParquetArchive, rewriteArchive } from '@serendip/events-adapters';
import { openObjectStore } from '@serendip/platform-objects';
import { events, fromBinary } from '@serendip/shared-contracts';
import { PARTITIONS } from '@serendip/shared-identity';
import { seededRandom, type Random } from '../shared/random.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { syntheticMovieLens } from '../shared/synthetic-movielens.ts';
import { Api } from './cache/api.ts';
import { compare } from './skew/compare.ts';
import { examplesOf } from './skew/examples.ts';

const ROUNDS = 5;
const SHOPPERS = 40;
/** Statistics reach the ranker once a second, and a list is of the last full second: after so long it has all that was sent. */
const QUIET_MS = 4000;
/** What is logged behind answers has arrived by then. */
const BEHIND_MS = 2000;
const TYPES = ['view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'hide', 'impression'] as const;
const CONTEXTS = [
  { device: 'mobile', country: 'NO', attributes: { timeZone: 'Europe/Oslo' } }, { device: 'desktop', attributes: { utcOffsetMinutes: -300 } }, { device: 'tv' }, {},
] as const;

interface World {
  readonly api: Api;
  readonly items: readonly string[];
  readonly random: Random;
}

const visitor = (n: number): { readonly userId: string } | { readonly anonymousId: string } => (n % 4 === 3 ? { anonymousId: `skew-visitor-${n}` } : { userId: `skew-user-${n}` });
const some = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** Users get a profile, or another one; some lose part of theirs, or all of it. */
async function changeProfiles({ api, random }: World): Promise<void> {
  for (let n = 0; n < SHOPPERS; n++) {
    const who = visitor(n);
    if (!('userId' in who) || random() < 0.4) continue;
    const attributes = { tier: Math.floor(random() * 5), member: random() < 0.5, city: some(random, ['Oslo', 'Bergen', 'Tromsø']), likes: [some(random, ['drama', 'comedy']), 'films'] };
    const [method, body] = some(random, [['PUT', { attributes }], ['PUT', { attributes }], ['PATCH', { attributes: { tier: attributes.tier } }], ['DELETE', undefined]] as const);
    await must(api, method, `/v1/users/${who.userId}`, body);
  }
}

/** Profiles change and shoppers do things, some for the first time; then nothing happens for a while, and they are shown lists. */
async function round(world: World, number: number): Promise<number> {
  const { api, items, random } = world;
  await changeProfiles(world);
  const done = Array.from({ length: 400 }, (_, i) => {
    const type = some(random, TYPES);
    return {
      type, itemId: some(random, items), sessionId: `s-${number}-${i % 9}`, context: some(random, CONTEXTS), ...visitor(Math.floor(random() * SHOPPERS * Math.min(1, (number + 2) / ROUNDS))),
      ...(type === 'rating' ? { value: 1 + Math.floor(random() * 5) } : type === 'purchase' ? { value: 10 * random(), currency: 'EUR' } : {}),
    };
  });
  const { json } = await api.send('POST', '/v1/events', { body: { events: done } });
  if (json.accepted !== done.length) throw new Error(`Events were refused: ${JSON.stringify(json).slice(0, 300)}`);
  await sleep(QUIET_MS);
  for (let n = 0; n < SHOPPERS; n++) {
    const context = CONTEXTS[n % CONTEXTS.length];
    await api.list({ placement: 'home', limit: 20, context, ...visitor(n) }, api.keys.publishable);
    if (n % 2 === 0) await api.list({ placement: 'item', items: [some(random, items)], limit: 10, context, ...visitor(n) }, api.keys.publishable);
  }
  return done.length;
}

/** Features with times-to-live that pass between events and lists, so that a value is there in one list and not in another, of families, and of profiles. */
const OWN_FEATURES = [
  'seen_count@6s', 'seen_hours@20s', 'category_affinity@12s', 'label_affinity@6s', 'popularity_1d@9s', 'click_rate@9s', 'user_events@8s', 'shown_count@10s', 'idle_hours@9s',
  'user_count.click.7d', 'user_count.view.1d@8s', 'user_idle.purchase', 'user_idle.click@15s', 'item_count.click.7d', 'item_count.purchase.7d@20s', 'category_count.view.7d', 'category_count.click.1d@9s',
  'pair_count.like.30d', 'pair_count.view.7d@15s', 'user.tier', 'user.member', 'user.city=Oslo', 'user.likes=drama',
];

/** Trains a ranker with features besides the usual. Both models answer then, whether or not they are better on made-up data, and every answer is logged with its features. */
async function prepare(api: Api): Promise<void> {
  const { status, json: { id } } = await api.send('POST', '/v1/training', { body: { maxSeconds: 5, features: OWN_FEATURES } });
  if (status !== 202) throw new Error('No training began.');
  let run: { readonly state: string } = { state: 'running' };
  while (run.state === 'running') {
    await sleep(1000);
    run = (await api.send('GET', `/v1/training/${id}`)).json;
  }
  if (run.state !== 'succeeded') throw new Error(`The training failed: ${JSON.stringify(run)}`);
  for (const model of ['retriever', 'ranker']) await must(api, 'PUT', `/v1/models/${model}/aliases/champion`, { version: 2 });
  for (const placement of ['home', 'item']) {
    const { json: body } = await api.send('GET', `/v1/placements/${placement}`);
    await must(api, 'PUT', `/v1/placements/${placement}`, { ...body, logShare: 1 });
  }
  await sleep(QUIET_MS);
}

async function must(api: Api, method: string, path: string, body: unknown): Promise<void> {
  const { status, json } = await api.send(method, path, { body });
  if (status >= 300) throw new Error(`${method} ${path} was refused: ${JSON.stringify(json)}`);
}

/** What can be taken out of the archive, once. */
const FAULTS: Readonly<Record<string, { readonly words: string; readonly is: (event: events.Event) => boolean }>> = {
  event: { words: 'a like', is: ({ type }) => type === 'like' },
  profile: { words: 'a profile', is: ({ payload }) => payload.case === 'userChange' && payload.value.kind === events.ChangeKind.PUT },
};

/** Takes an event out of the archive, so that a replay knows less than was served. */
async function plant(dataDir: string, { words, is }: (typeof FAULTS)[string]): Promise<void> {
  const objects = openObjectStore(`file:${join(dataDir, 'objects')}`);
  let taken = false;
  const erases = ({ bytes }: { readonly bytes: Uint8Array }): boolean => {
    const event = fromBinary(events.EventSchema, bytes);
    if (taken || !event.userId.startsWith('skew-user-') || !is(event)) return false;
    return (taken = true);
  };
  await rewriteArchive({ objects, archive: new ParquetArchive(objects), partitions: new Set(Array.from({ length: PARTITIONS }, (_, i) => i)), erases });
  note(`planted: ${words} is no longer in the archive`);
}

async function prove(state: StackState, dataDir: string, broken: string | undefined): Promise<Outcome> {
  const api = new Api(state.gateways[0]!, state.keys);
  const { json: { items } } = await api.send('GET', '/v1/items?limit=200');
  const world: World = { api, items: (items as { id: string }[]).map(({ id }) => id), random: seededRandom(7) };
  await prepare(api);
  const from = new Date().toISOString();
  let sent = 0;
  for (let number = 0; number < ROUNDS; number++) {
    sent += await round(world, number);
    note(`round ${number + 1} of ${ROUNDS}: ${sent} events sent`);
  }
  await sleep(BEHIND_MS);
  const period = { from, to: new Date().toISOString() };
  const dataSet = await examplesOf(api, period);
  if (broken !== undefined) await plant(dataDir, FAULTS[broken]!);
  note(`${dataSet.rows} events in ${dataSet.id}; exporting as served, and as replayed`);
  const served = await dataSet.examples('served');
  const replayed = await dataSet.examples('replayed');
  const { values, differences, missing, expired, fromProfiles, byFeature } = compare(served, replayed);
  for (const [feature, count] of byFeature) note(`  differs: ${feature} in ${count} rows`);
  return {
    figures: { slates: new Set(served.map((row) => row.recommendation_id)).size, rows: served.length, values, expired, fromProfiles, differences, missing },
    targets: { values: { atLeast: 50_000 }, expired: { atLeast: 500 }, fromProfiles: { atLeast: 1000 }, differences: { equals: 0 }, missing: { equals: 0 } },
  };
}

await show({
  name: 'prove skew',
  help: 'Starts a stack, lets shoppers live, get profiles and be shown lists, and compares each feature value that the ranker saw with what a replay of the archive makes of it.\nBetween events and lists nothing happens for some seconds: item statistics reach the ranker up to a second late, and a replay does not know how late.',
  options: { break: { type: 'string', help: 'plants a difference that must be found: event or profile (one is taken out of the archive)' } },
  async run({ flags }) {
    const broken = flags.break as string | undefined;
    if (broken !== undefined && !Object.hasOwn(FAULTS, broken)) throw new Error(`There is no fault '${broken}' to plant: use ${Object.keys(FAULTS).join(' or ')}.`);
    const folder = mkdtempSync(join(tmpdir(), 'serendip-skew-'));
    const films = syntheticMovieLens(folder, { users: 300, films: 400, ratings: 12_000 });
    const stack = new StackProcess({ args: ['--data', films, '--traffic', '0'], env: { SERENDIP_TRAINING_SECONDS: '20' } });
    try {
      const state = await stack.start();
      note('the stack runs, with trained models');
      return await prove(state, stack.dataDir, broken);
    } finally {
      await stack.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
