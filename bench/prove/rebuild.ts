/** `npm run prove -- rebuild`: a state that is made anew equals the live one byte for byte, while traffic goes on, and after a crash. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { caughtUp, featureStoreOf, inBatches } from '../shared/filling.ts';
import { OwnerApi } from '../shared/owner-api.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { differences, type Dump } from './rebuild/dump.ts';
import { openPlace, placeNames, type Place, type PlaceName } from './rebuild/places.ts';

const ITEMS = 2000;
const USERS = 500;
const EVENTS = 60_000;
const TYPES = ['view', 'click', 'add_to_cart', 'purchase', 'rating', 'impression'];
/** What partitions send each other has arrived by then. */
const SETTLE_MS = 1000;
const WAYS = 4;
const ANSWER_MS = 10_000;
const MOST_TOLD = 5;
/** What a process that was killed has begun is given up by then. */
const GIVEN_UP_MS = 20_000;

const eventOf = (n: number, who: object) => ({ type: TYPES[n % TYPES.length], itemId: `item-${(n * 7919) % ITEMS}`, sessionId: `s-${n % 97}`, ...(n % TYPES.length === 4 ? { value: 1 + (n % 5) } : {}), ...who });

async function fill(api: OwnerApi): Promise<void> {
  await inBatches(ITEMS, (ns) => api.ask('POST', '/v1/items:batch', { items: ns.map((n) => ({ id: `item-${n}`, title: `Item ${n}`, price: n })) }));
  await inBatches(EVENTS, (ns) => api.ask('POST', '/v1/events', { events: ns.map((n) => eventOf(n, n % 5 === 0 ? { anonymousId: `visitor-${n % USERS}` } : { userId: `user-${n % USERS}` })) }));
  for (let n = 0; n < USERS; n += 5) await api.must('POST', `/v1/users/user-${n}:merge`, { anonymousId: `visitor-${n}` });
  for (let n = 0; n < USERS; n += 7) await api.must('PUT', `/v1/users/user-${n}`, { attributes: { n } });
}

/** Events, repeats, merges, changes of items and profiles, until it is told to stop. Reads must answer meanwhile. */
class Traffic {
  written = 0;
  reads = 0;
  failedReads = 0;
  slowestReadMs = 0;
  private stopped = false;
  private failure: unknown;
  private running: Promise<unknown> = Promise.resolve();
  private readonly api: OwnerApi;

  constructor(api: OwnerApi) {
    this.api = api;
  }

  start(): void {
    this.running = Promise.all([...Array.from({ length: WAYS }, (_, way) => this.write(way)), this.read()]).catch((error: unknown) => { this.failure = error; });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    if (this.failure !== undefined) throw this.failure;
  }

  private async write(way: number): Promise<void> {
    for (let n = way; !this.stopped; n += WAYS) {
      const event = { eventId: `live-${n}`, ...eventOf(n, n % 3 === 0 ? { anonymousId: `late-${n % 60}` } : { userId: `user-${n % USERS}` }) };
      await this.api.must('POST', '/v1/events', { events: n % 10 === 0 ? [event, event] : [event] });
      if (n % 20 === 0) await this.api.must('POST', `/v1/users/user-${n % USERS}:merge`, { anonymousId: `late-${n % 60}-${n}` });
      if (n % 25 === 0) await this.api.must('PATCH', `/v1/items/item-${n % ITEMS}`, { price: n });
      if (n % 30 === 0) await this.api.must('PATCH', `/v1/users/user-${n % USERS}`, { attributes: { n } });
      this.written++;
    }
  }

  private async read(): Promise<void> {
    for (let n = 0; !this.stopped; n++) {
      const started = performance.now();
      const answer = await this.api.ask('GET', `/v1/users/user-${n % USERS}/events?limit=10`).catch(() => undefined);
      this.slowestReadMs = Math.max(this.slowestReadMs, performance.now() - started);
      this.reads++;
      if (answer?.status !== 200 || answer.body.events.length === 0) {
        this.failedReads++;
        if (this.failedReads <= MOST_TOLD) note(`✗ a read was answered ${answer === undefined ? 'not at all' : `${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`}`);
      }
      await sleep(2);
    }
  }
}

async function rebuild(api: OwnerApi): Promise<{ readonly applied: number; readonly seconds: number; readonly pausedMs: number }> {
  let answer = await api.must('POST', '/v1/features:rebuild');
  for (; answer.status === 'running'; answer = await api.must('GET', '/v1/features/rebuild')) await sleep(50);
  if (answer.status !== 'done') throw new Error(`The rebuild failed: ${answer.error}`);
  return { applied: answer.applied, seconds: (Date.parse(answer.endedAt) - Date.parse(answer.startedAt)) / 1000, pausedMs: answer.pausedMs };
}

const featureStoresOf = ({ services }: StackState): readonly string[] => Object.keys(services).filter((name) => name.startsWith('feature-store'));

async function settled(state: StackState): Promise<void> {
  const store = featureStoreOf(state, featureStoresOf(state)[0]);
  await caughtUp(store);
  await sleep(SETTLE_MS);
  await caughtUp(store);
  store.close();
}

/** Kills the feature stores while one rebuilds, and waits until they are back and what was begun is gone. */
async function crash(stack: StackProcess, api: OwnerApi, place: Place): Promise<void> {
  await api.must('POST', '/v1/features:rebuild');
  const names = featureStoresOf(stack.state()!);
  const pids = names.map((name) => stack.state()!.services[name]!.pid!);
  while ((await place.generations()) < 2) await sleep(10);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  while (names.some((name) => pids.includes(stack.state()!.services[name]!.pid!)) || (await api.ask('GET', '/v1/users/user-1/events').catch(() => undefined))?.status !== 200) await sleep(100);
  const end = Date.now() + GIVEN_UP_MS;
  while (Date.now() < end && (await place.generations()) > 1) await sleep(200);
}

async function prove(stack: StackProcess, place: Place, { isDamaged }: { readonly isDamaged: boolean }): Promise<Outcome> {
  const differ = (what: string, a: Dump, b: Dump): number => {
    const { count, some } = differences(a, b);
    for (const key of some) note(`✗ ${what}: ${key}`);
    return count;
  };
  const stoppedDump = async (state: StackState): Promise<Dump> => {
    await settled(state);
    await stack.stop();
    return place.dump();
  };
  let state = await stack.start();
  let api = new OwnerApi(state, ANSWER_MS);
  await fill(api);
  const live = await stoppedDump(state);
  note(`${live.size} entries of a state that was made event by event`);

  state = await stack.start();
  api = new OwnerApi(state, ANSWER_MS);
  await crash(stack, api, place);
  const afterCrash = await stoppedDump(state);
  const generationsAfterCrash = await place.generations();

  state = await stack.start();
  api = new OwnerApi(state, ANSWER_MS);
  const quiet = await rebuild(api);
  let rebuilt = await stoppedDump(state);
  if (isDamaged) {
    await place.damage();
    rebuilt = await place.dump();
  }
  note(`rebuilt with nothing else going on: ${JSON.stringify(quiet)}`);

  state = await stack.start();
  api = new OwnerApi(state, ANSWER_MS);
  const traffic = new Traffic(api);
  traffic.start();
  await sleep(500);
  const busy = await rebuild(api);
  await sleep(500);
  await traffic.stop();
  note(`rebuilt under ${traffic.written} writes and ${traffic.reads} reads: ${JSON.stringify(busy)}`);
  const underTraffic = await stoppedDump(state);
  const generations = await place.generations();

  await place.empty();
  const replayed = await stoppedDump(await stack.start());
  const none = { equals: 0 };
  return {
    figures: {
      records: quiet.applied, entries: live.size, crashDifferences: differ('after a crash', live, afterCrash), generationsAfterCrash, quietDifferences: differ('rebuilt', live, rebuilt), quietSeconds: quiet.seconds,
      writes: traffic.written, reads: traffic.reads, failedReads: traffic.failedReads, slowestReadMs: traffic.slowestReadMs, busySeconds: busy.seconds, pausedMs: busy.pausedMs,
      trafficDifferences: differ('rebuilt under traffic', replayed, underTraffic), generations,
    },
    targets: {
      entries: { atLeast: 1000 }, crashDifferences: none, generationsAfterCrash: { equals: 1 }, quietDifferences: none, writes: { atLeast: 100 }, failedReads: none, trafficDifferences: none, generations: { equals: 1 },
    },
  };
}

await show({
  name: 'prove rebuild',
  help: `Fills a stack, kills the feature stores while one rebuilds the state, rebuilds with nothing else going on, and rebuilds once more under events, repeats,
merges and changes, with reads that must be answered. The state is compared entry by entry each time: with the one there was, and at last with a
replay from nothing. In Redis and in a cluster two feature stores share it.`,
  options: {
    engine: { type: 'string', help: `where the state is kept: ${placeNames.join(', ')} (default lmdb)` },
    break: { type: 'boolean', help: 'change a byte of a record after the rebuild with nothing else going on: the show must find it' },
  },
  run: async ({ flags }) => {
    const engine = String(flags['engine'] ?? 'lmdb') as PlaceName;
    if (!placeNames.includes(engine)) throw new Error(`--engine takes one of ${placeNames.join(', ')}.`);
    const dataDir = mkdtempSync(join(tmpdir(), 'serendip-'));
    const place = await openPlace(engine, dataDir);
    const stack = new StackProcess({ dataDir, args: ['--no-demo', '--traffic', '0', '--without', 'trainer,embedding,ranking', ...place.args] });
    try {
      return await prove(stack, place, { isDamaged: flags['break'] === true });
    } finally {
      await stack.dispose();
      await place.remove();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
});
