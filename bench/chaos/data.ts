/** `npm run chaos -- data`: every acknowledged event has its effect once, whatever is killed and stopped, and however often it is sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { featureStoreOf, inBatches, type FeatureStore } from '../shared/filling.ts';
import { seededRandom } from '../shared/random.ts';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess } from '../shared/stack-process.ts';
import { Clients } from './data/clients.ts';
import { compare, type Differences } from './data/compare.ts';
import { engineNames, startEngine, type Engine, type EngineName } from './data/engines.ts';
import { Faults, serviceTarget, type Siege, type Target } from './data/faults.ts';
import { liveState, settled } from './data/live.ts';
import { People, nameOf } from './data/people.ts';
import { replay, type State } from './data/replay.ts';
import { ServiceWork, sumOf } from './data/work.ts';
import { send } from './serve/http.ts';

const PEOPLE = 3000;
const ITEMS = 2000;
const RATE = 2000;
const LENGTHS: Readonly<Record<'full' | 'short', Siege>> = {
  full: { seconds: 300, pausesMs: [3000, 15_000], leastKills: 5, mostSeconds: 2400 }, short: { seconds: 10, pausesMs: [1000, 5000], leastKills: 3, mostSeconds: 900 },
};
const FAULTS = ['early-ack', 'no-dedupe', 'cursor-apart'];
/** Of what clients would make in that time, how much must have been acknowledged while things fail. */
const LEAST_SHARE = 0.5;
/** Clients that are not answered for so long after the siege will not be. */
const STUCK_MS = 300_000;
const PROGRESS_MS = 15_000;
const TICK_MS = 100;
const LAST_MS = 1500;
const SECOND_LOOK_MS = 10_000;

interface Options {
  readonly engine: EngineName;
  readonly length: Siege;
  readonly rate: number;
  readonly seed: number;
  readonly fault: string | undefined;
}

/** What failed how often, at what rate events were acknowledged meanwhile, and what did not happen that should have, in words. */
interface Besieged {
  readonly faults: Faults;
  readonly eventsPerSecond: number;
  readonly wanting: readonly string[];
}

/**
 * Clients send for so long while everything fails; longer until every target has been killed often enough in the middle of its work and enough got
 * through, if it takes no longer than it may. Then they send until all is acknowledged.
 */
async function siege(clients: Clients, targets: readonly Target[], { length, rate, seed }: Options): Promise<Besieged> {
  const faults = new Faults(length, seededRandom(seed));
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const least = rate * length.seconds * LEAST_SHARE;
  const say = (): void => note(`${clients.acknowledged.length} events acknowledged, ${clients.waiting} wait, ${clients.retries} tries failed; killed ${JSON.stringify(faults.kills)}, of these at work ${JSON.stringify(faults.killsAtWork)}, stopped ${JSON.stringify(faults.stops)}`);
  const progress = setInterval(say, PROGRESS_MS);
  const sending = clients.run(rate);
  await faults.run(targets);
  while (clients.acknowledged.length < least && seconds() < length.mostSeconds) await sleep(TICK_MS);
  const [acknowledged, eventsPerSecond] = [clients.acknowledged.length, Math.round(clients.acknowledged.length / seconds())];
  note(`the faults end after ${Math.round(seconds())} s`);
  clients.stop();
  await answered(clients, sending);
  clearInterval(progress);
  say();
  return { faults, eventsPerSecond, wanting: [...faults.wanting, ...(acknowledged < least ? [`${acknowledged} events were acknowledged of at least ${least}`] : [])] };
}

/** Waits until every client was answered, as long as any is. */
async function answered(clients: Clients, sending: Promise<void>): Promise<void> {
  let isOver = false;
  const over = sending.then(() => { isOver = true; });
  for (let [left, since] = [Infinity, performance.now()]; !isOver; await Promise.race([over, sleep(TICK_MS)])) {
    if (clients.waiting < left) [left, since] = [clients.waiting, performance.now()];
    if (performance.now() - since > STUCK_MS) throw new Error(`Nothing fails any more, but for ${STUCK_MS / 1000} s none of the ${left} events that wait was acknowledged.`);
  }
  await over;
}

async function settle(store: FeatureStore, when: string): Promise<void> {
  const behind = await settled(store);
  note(`${when}: ${behind === undefined ? 'everything in the log is applied' : `not applied, and nothing more of it in two minutes; ${behind}`}`);
}

/** The engine loses what it has committed of the last events, and none come after them that would show it. */
async function loseLast(clients: Clients, store: FeatureStore, { engine, rate }: { readonly engine: Engine; readonly rate: number }): Promise<void> {
  if (engine.lose === undefined) return;
  await settle(store, 'before a primary is lost');
  await engine.lose(async () => {
    const sending = clients.run(rate);
    await sleep(LAST_MS);
    clients.stop();
    await sending;
    await settle(store, 'cut off');
  });
  note(`a primary is lost, and with it the state after ${clients.acknowledged.length} events`);
}

/** Looks again for a while as long as anything is different or can't be read: what replicas say of each other's partitions is some seconds old. */
async function patiently(look: () => Promise<Differences>): Promise<Differences> {
  const deadline = performance.now() + SECOND_LOOK_MS;
  for (;;) {
    const isLast = performance.now() >= deadline;
    const found = await look().catch((error: unknown) => { if (isLast) throw error; });
    if (found !== undefined && (found.mismatched === 0 || isLast)) return found;
  }
}

/** Each replica is asked for everything. */
async function look(stores: readonly FeatureStore[], expected: State, when: string): Promise<Differences> {
  const looks: Differences[] = [];
  for (const store of stores) {
    await settle(store, when);
    const found = await patiently(async () => compare(await liveState(store, [...expected.users.keys()]), expected));
    for (const example of found.examples) note(`${when}: ${example}`);
    looks.push(found);
  }
  return looks.reduce((worst, found) => (found.mismatched > worst.mismatched ? found : worst));
}

async function run(options: Options): Promise<Outcome> {
  const { engine: name, rate, seed, fault } = options;
  note(`seed ${seed}`);
  const engine = await startEngine(name, seededRandom(seed + 1));
  const stack = new StackProcess({ args: ['--no-demo', '--traffic', '0', '--without', 'trainer,embedding,ranking', ...engine.args, ...(fault === undefined ? [] : ['--fault', fault])] });
  try {
    const state = await stack.start();
    await inBatches(ITEMS, (ns) => send(`${state.gateways[0]}/v1/items:batch`, { method: 'POST', key: state.keys.secret, body: { items: ns.map((n) => ({ id: nameOf('item', n) })) }, timeoutMs: 5000 }));
    const names = Object.keys(state.services).filter((service) => /^(ingestion|feature-store)/.test(service));
    const stores = names.filter((service) => service.startsWith('feature-store')).map((service) => featureStoreOf(state, service));
    note(`the stack is up on ${name}; ${rate} events/s for ${options.length.seconds} s`);

    const people = new People({ people: PEOPLE, items: ITEMS, random: seededRandom(seed + 2) });
    const [clients, last] = [3, 4].map((more) => new Clients({ state, people, random: seededRandom(seed + more) })) as [Clients, Clients];
    const work = new ServiceWork(stack);
    const services = names.map((service) => serviceTarget(stack, service, work.of(service)));
    const applying = sumOf(services.filter(({ name }) => name.startsWith('feature-store')).map((service) => service.work));
    await work.start(names);
    const besieged = await siege(clients, [...services, ...engine.targets({ log: clients.work, state: applying })], options);
    await work.stop();
    await loseLast(last, stores[0]!, { engine, rate });

    const refusals = [...clients.refusals, ...last.refusals];
    for (const refusal of new Set(refusals)) note(`refused: ${refusal}`);
    const acknowledged = [...clients.acknowledged, ...last.acknowledged];
    const expected = replay(acknowledged);
    const live = await look(stores, expected, 'live');
    await Promise.all(services.map((service) => service.kill()));
    const restarted = await look(stores, expected, 'after a restart');
    for (const store of stores) store.close();
    return outcomeOf({ acknowledged: acknowledged.length, repeats: clients.repeats + last.repeats, retries: clients.retries + last.retries, refused: refusals.length }, { live, restarted }, besieged);
  } finally {
    await stack.dispose();
    await engine.remove();
  }
}

/** Throws where nothing was found by a siege that might have found nothing whatever was wrong. */
function outcomeOf(sent: Readonly<Record<string, number>>, { live, restarted }: Readonly<Record<'live' | 'restarted', Differences>>, { faults, eventsPerSecond, wanting }: Besieged): Outcome {
  const none = { equals: 0 };
  const { kills, killsAtWork, stops } = faults;
  for (const what of wanting) note(`too little failed: ${what}`);
  const isClean = sent['refused'] === 0 && live.mismatched === 0 && restarted.mismatched === 0;
  if (isClean && wanting.length > 0) throw new Error(`Nothing was lost or doubled, which says little: on this machine, as busy as it is, ${wanting.join('; ')}.`);
  return {
    figures: {
      ...sent, eventsPerSecond, lost: live.lost, doubled: live.doubled, mismatched: live.mismatched,
      lostAfterRestart: restarted.lost, doubledAfterRestart: restarted.doubled, mismatchedAfterRestart: restarted.mismatched, kills, killsAtWork, stops,
    },
    targets: { refused: none, lost: none, doubled: none, mismatched: none, lostAfterRestart: none, doubledAfterRestart: none, mismatchedAfterRestart: none },
  };
}

await show({
  name: 'chaos data',
  help: `Clients send ${RATE} events/s through the gateway, again until each is acknowledged, and 5 % once more: at once, after seconds, after a minute.
Meanwhile ingestion, the feature stores (two where they can share), and what keeps events and state are killed (SIGKILL) and stopped (SIGSTOP) at
random: for redis a server for each, with appendfsync always; for redis-cluster the primaries of six nodes, which have log and state, and of which
one is lost, last, before its replica has the last of the state; for kafka the log's one broker, and the state's Redis with appendfsync always. Visitors sign
in. Then every user's counters and every item's statistics must be what a replay of the acknowledged events gives, written apart from the
platform's code; and once more after a restart. 5 minutes, and longer, 40 minutes at most, until each was killed 5 times in the middle of its work
(500 events since its last fault, and some in the last second) and half of the events were acknowledged; a run without that does not count.`,
  options: {
    engine: { type: 'string', help: `where events and state are kept: ${engineNames.join(', ')} (default lmdb)` },
    short: { type: 'boolean', help: '10 seconds, or until each was killed 3 times in the middle of its work (15 minutes at most), with faults in quicker succession; what was to be repeated after a minute is repeated at the end' },
    rate: { type: 'string', help: `events a second (default ${RATE})` },
    seed: { type: 'string', help: 'of what is random; times are not the same all the same (default: by the clock)' },
    break: { type: 'string', help: `plant a fault that the show must find: ${FAULTS.join(', ')}` },
  },
  run: ({ flags }) => {
    const engine = String(flags['engine'] ?? 'lmdb') as EngineName;
    if (!engineNames.includes(engine)) throw new Error(`--engine takes one of ${engineNames.join(', ')}.`);
    const fault = typeof flags['break'] === 'string' ? flags['break'] : undefined;
    if (fault !== undefined && !FAULTS.includes(fault)) throw new Error(`--break takes one of ${FAULTS.join(', ')}.`);
    return run({ engine, length: LENGTHS[flags['short'] === true ? 'short' : 'full'], rate: Number(flags['rate'] ?? RATE), seed: Number(flags['seed'] ?? Date.now() % 1_000_000), fault });
  },
});
