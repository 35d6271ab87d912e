/** `npm run prove -- cache`: under random writes of every kind, an answer from the cache is one that a fresh computation would have given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../shared/random.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { syntheticMovieLens } from '../shared/synthetic-movielens.ts';
import { Api } from './cache/api.ts';
import { Judge, newTally } from './cache/judge.ts';
import { Writes, type World } from './cache/writes.ts';

const DEFAULT_SECONDS = 60;
const ASKERS = 3;
const TRAINING_MS = 240_000;

/** Second versions of every model, to move aliases between. */
async function trainAgain(api: Api): Promise<void> {
  const { json } = await api.send('POST', '/v1/training', { body: { maxSeconds: 20 } });
  const end = Date.now() + TRAINING_MS;
  for (let state = json.state; state === 'running'; ) {
    if (Date.now() > end) throw new Error('The second training did not end in time.');
    await sleep(1000);
    ({ state } = (await api.send('GET', `/v1/training/${json.id}`)).json);
  }
}

async function worldOf(api: Api): Promise<World> {
  const { json: { models } } = await api.send('GET', '/v1/models');
  const versions: Record<string, number[]> = {};
  for (const { name, version } of models as { name: string; version: number }[]) (versions[name] ??= []).push(version);
  const { json: { items } } = await api.send('GET', '/v1/items?limit=200');
  return { users: Array.from({ length: 8 }, (_, i) => String(200 + i)), items: (items as { id: string }[]).map(({ id }) => id), models: versions };
}

async function homeOf(api: Api): Promise<Record<string, unknown>> {
  return (await api.send('GET', '/v1/placements/home')).json;
}

async function prove(state: StackState, { seconds, seed }: { readonly seconds: number; readonly seed: number }): Promise<Outcome> {
  const api = new Api(state.gateways[0]!, state.keys);
  note('training a second time, so that there are models to move between');
  await trainAgain(api);
  const world = await worldOf(api);
  note(`${world.items.length} items, models ${JSON.stringify(world.models)}`);
  const [first] = world.items;
  const shapes = [
    ...world.users.map((userId) => ({ placement: 'home', userId, limit: 10 })), { placement: 'trending', limit: 20 }, { placement: 'new', anonymousId: 'somebody' },
    { placement: 'item', userId: world.users[0], items: [first] }, { placement: 'home', limit: 5, exclude: [first] }, { placement: 'home', userId: world.users[1], limit: 100 },
  ];
  const writes = new Writes(api, world, { random: seededRandom(seed), home: await homeOf(api) });
  const tally = newTally();
  const judge = new Judge(api, tally);
  const end = Date.now() + seconds * 1000;
  const writing = writes.run();
  const asking = Array.from({ length: ASKERS }, async (_, n) => {
    const random = seededRandom(seed + 1 + n);
    while (Date.now() < end) await judge.judge(shapes[Math.floor(random() * shapes.length)]!, [1, 2, 3, 2]);
  });
  const progress = setInterval(() => note(`${tally.requests} requests, ${tally.hits} hits, ${tally.compared} compared, ${tally.stale} stale`), 10_000);
  try {
    await Promise.all([...asking, writing.catch((error: unknown) => { throw error; }), sleep(seconds * 1000).then(() => writes.stop())]);
  } finally {
    clearInterval(progress);
    writes.stop();
  }
  for (const example of tally.examples) note(`✗ ${example}`);
  const { examples: _, ...figures } = tally;
  return {
    figures: { ...figures, hitShare: Math.round((tally.hits / tally.requests) * 1000) / 1000, writes: writes.written },
    targets: { hitShare: { atLeast: 0.2 }, comparedHits: { atLeast: 100 }, stale: { equals: 0 }, ineligible: { equals: 0 }, repeatedIds: { equals: 0 } },
  };
}

await show({
  name: 'prove cache',
  help: 'Starts a stack on made-up films, trains twice, and then writes events, items, rules, models and configuration at random while the same lists are\nasked for again and again. Every list is judged by fresh ones asked before and after it.',
  options: {
    seconds: { type: 'string', help: `how long to ask, ${DEFAULT_SECONDS} by default` },
    seed: { type: 'string', help: 'of the random numbers, 1 by default' },
  },
  run: async ({ data, flags }) => {
    const folder = mkdtempSync(join(tmpdir(), 'serendip-cache-'));
    const films = data ?? syntheticMovieLens(folder, { users: 300, films: 400, ratings: 12_000 });
    const stack = new StackProcess({ args: ['--traffic', '0', '--data', films] });
    try {
      note('starting the stack');
      return await prove(await stack.start(), { seconds: Number(flags.seconds ?? DEFAULT_SECONDS), seed: Number(flags.seed ?? 1) });
    } finally {
      await stack.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
