/** `npm run bench -- shards`: what an event and a read cost as more feature stores share the partitions, and as there are more users. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventLog } from '@serendip/events-adapters';
import { partitionOfEvent, type EventLog } from '@serendip/events-domain';
import { PartitionOwners } from '@serendip/serving-adapters';
import { create, events, toBinary } from '@serendip/shared-contracts';
import { partitionOf, userEntity } from '@serendip/shared-identity';
import { cpuOf } from '../shared/process-cpu.ts';
import { caughtUp, type FeatureStore } from '../shared/filling.ts';
import { note, rounded, show, type Outcome } from '../shared/show.ts';
import { Replicas } from './shards/replicas.ts';

const OWNERS = [1, 2, 4, 8];
const USERS = [10_000, 1_000_000];
const ITEMS = 5_000;
const TENANT = 'default';
const FILL_AT_ONCE = 5_000;
/** Events or reads a second for each owner, and for how many seconds. */
const PER_SECOND = 250;
const SECONDS = 8;
/** V8 compiles what runs often: a process costs a multiple before. */
const WARM_UP_SECONDS = 6;
const WARM_UP_TIMES = 3;
const IDLE_SECONDS = 4;

interface Cost {
  /** Microseconds of CPU over all servers, without what they take when nothing happens. */
  readonly us: number;
  /** The same with it. */
  readonly wholeUs: number;
}

let serial = 0;
/** Events and reads that a busy machine did not get done in time. */
let failed = 0;
const userId = (n: number): string => `u-${n}`;

function recordOf(user: number) {
  const event = create(events.EventSchema, { eventId: `e-${serial++}`, tenant: TENANT, type: 'click', userId: userId(user), items: [{ itemId: `i-${(serial * 7919) % ITEMS}` }], eventTimeMs: Date.now(), receivedAtMs: Date.now() });
  return { partition: partitionOfEvent(event), bytes: toBinary(events.EventSchema, event) };
}

const someUser = (users: number): number => (serial++ * 104_729) % users;

/** One after the other is begun when it is due. */
interface Work {
  readonly perSecond: number;
  readonly once: () => Promise<unknown>;
}

/** Does it for so long; answers how often it was done. */
async function paced({ perSecond, once }: Work, seconds: number): Promise<number> {
  const began = performance.now();
  const waiting = new Set<Promise<unknown>>();
  let done = 0;
  while (performance.now() - began < seconds * 1000) {
    for (const due = ((performance.now() - began) * perSecond) / 1000; done < due; done++) {
      const one = once().catch(() => { failed++; }).finally(() => waiting.delete(one));
      waiting.add(one);
    }
    await sleep(1);
  }
  await Promise.all(waiting);
  return done;
}

/** CPU of all servers, milliseconds. */
const usedMs = (replicas: Replicas): number => Object.values(cpuOf(replicas.pids)).reduce((sum, ms) => sum + ms, 0);

async function costOf(replicas: Replicas, idlePerMs: number, work: Work): Promise<Cost> {
  await paced({ ...work, perSecond: work.perSecond * WARM_UP_TIMES }, WARM_UP_SECONDS);
  const [before, began] = [usedMs(replicas), performance.now()];
  const times = await paced(work, SECONDS);
  const [used, tookMs] = [usedMs(replicas) - before, performance.now() - began];
  return { us: ((used - idlePerMs * tookMs) / times) * 1000, wholeUs: (used / times) * 1000 };
}

async function idleOf(replicas: Replicas): Promise<number> {
  await sleep(1000);
  const [before, began] = [usedMs(replicas), performance.now()];
  await sleep(IDLE_SECONDS * 1000);
  return (usedMs(replicas) - before) / (performance.now() - began);
}

/** A client as the gateway's: it asks owners directly, where it knows them. */
async function routed(replicas: Replicas, anyone: FeatureStore): Promise<{ readonly read: (user: number) => Promise<unknown>; readonly close: () => void }> {
  const owners = new PartitionOwners(anyone, (address) => replicas.client(address));
  await owners.ask();
  return {
    read: (user) => (owners.of(partitionOf(TENANT, userEntity(userId(user)))) ?? anyone).readUserStates({ requests: [{ tenant: TENANT, userId: userId(user) }] }),
    close: () => owners.close(),
  };
}

async function measureOne(replicas: Replicas, log: EventLog, { owners, users }: { readonly owners: number; readonly users: number }) {
  const anyone = await replicas.run(owners);
  const idle = await idleOf(replicas);
  const perSecond = PER_SECOND * owners;
  const event = await costOf(replicas, idle, { perSecond, once: () => log.append([recordOf(someUser(users))]) });
  const direct = await routed(replicas, anyone);
  const read = await costOf(replicas, idle, { perSecond, once: () => direct.read(someUser(users)) });
  direct.close();
  const throughAny = await costOf(replicas, idle, { perSecond, once: () => anyone.readUserStates({ requests: [{ tenant: TENANT, userId: userId(someUser(users)) }] }) });
  const figures = {
    eventUs: rounded(event.us, 0), eventWholeUs: rounded(event.wholeUs, 0), readUs: rounded(read.us, 0), readWholeUs: rounded(read.wholeUs, 0), readThroughAnyUs: rounded(throughAny.us, 0), idlePercent: rounded(idle * 100, 1),
  };
  note(`${owners} owners, ${users.toLocaleString('en')} users: ${JSON.stringify(figures)}`);
  return figures;
}

async function fill(replicas: Replicas, log: EventLog, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
  const store = await replicas.run(2);
  for (let first = from; first < to; first += FILL_AT_ONCE) {
    await log.append(Array.from({ length: Math.min(FILL_AT_ONCE, to - first) }, (_, i) => recordOf(first + i)));
    if ((first - from) % 100_000 === 0) await caughtUp(store);
  }
  await caughtUp(store);
  note(`${to.toLocaleString('en')} users are there`);
}

const listOf = (flag: string | boolean | undefined, standard: readonly number[]): readonly number[] => (typeof flag === 'string' ? flag.split(',').map(Number) : standard);

/** The largest of some costs over the least that one owner (or as few as there are) came with: its first figure may have something of the start in it. */
function growth<Row extends { readonly owners: number }>(rows: readonly Row[], costOfRow: (row: Row) => number): number {
  const fewest = Math.min(...rows.map(({ owners }) => owners));
  return rounded(Math.max(...rows.map(costOfRow)) / Math.min(...rows.filter(({ owners }) => owners === fewest).map(costOfRow)), 2);
}

async function measure(ownerCounts: readonly number[], userCounts: readonly number[]): Promise<Outcome> {
  const replicas = await Replicas.open();
  try {
    const log = await openEventLog(replicas.logUrl, { mode: 'writer' });
    const rows: (Awaited<ReturnType<typeof measureOne>> & { readonly owners: number; readonly users: number })[] = [];
    let filled = 0;
    for (const users of userCounts) {
      await fill(replicas, log, { from: filled, to: users });
      filled = users;
      for (const owners of ownerCounts) rows.push({ owners, users, ...await measureOne(replicas, log, { owners, users }) });
    }
    await log.close();
    const cells = Object.fromEntries(rows.map(({ owners, users, ...figures }) => [`owners${owners}Users${users}`, figures]));
    const eventGrowth = growth(rows, ({ eventUs }) => eventUs);
    const readGrowth = growth(rows, ({ readUs }) => readUs);
    return { figures: { ...cells, eventGrowth, readGrowth, failed }, targets: { eventGrowth: { atMost: 1.2 }, readGrowth: { atMost: 1.2 }, failed: { equals: 0 } } };
  } finally {
    await replicas.close();
  }
}

await show({
  name: 'bench shards',
  help: `CPU of an event and of a read over all servers (feature stores, the log's Redis and the state's), at ${PER_SECOND} a second for each owner, as ${OWNERS.join(', ')} feature stores share the partitions and as there are
${USERS.map((users) => users.toLocaleString('en')).join(' and ')} users. Not time: they share the cores of one machine. us is without what they take when nothing happens (idlePercent of a core), wholeUs with it. Reads are
the gateway's, from the owner; readThroughAnyUs is one that any replica passes on. A growth is the dearest over the cheapest with the fewest owners.`,
  options: { owners: { type: 'string', help: `how many feature stores, one after the other; ${OWNERS.join(',')}` }, users: { type: 'string', help: `how many users, ascending; ${USERS.join(',')}` } },
  run: ({ flags }) => measure(listOf(flags['owners'], OWNERS), listOf(flags['users'], USERS)),
});
