/** `npm run bench -- features`: what reading user states and computing feature rows costs, beside reads of the same bytes from the engine itself. */
import { spareFullCollections } from '@serendip/platform-config';
import { createGrpcClient } from '@serendip/platform-grpc';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import { GrpcUserStateReader } from '@serendip/serving-adapters';
import { features, ranking } from '@serendip/shared-contracts';
import { isDomainError } from '@serendip/shared-errors';
import { userEntity } from '@serendip/shared-identity';
import { bytesOf } from '@serendip/shared-layouts';
import { EVERY_CORE, ONE_CORE, cpuMs, runOn } from '../shared/process-cpu.ts';
import { featureStoreOf } from '../shared/filling.ts';
import { addUsers } from '../shared/made-users.ts';
import { noise } from '../shared/random.ts';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { rawRedisGets } from './features/raw-gets.ts';
import { rawLmdbReads, type RawReads } from './features/raw-reads.ts';
import { ReferenceWorld, itemId, userId } from './reference/world.ts';

/** Where states are: what the stack is told, and what reads the same bytes from the engine by itself. */
interface Engine {
  readonly args: readonly string[];
  /** Where the states of a stack with this data folder are. */
  stateUrl(dataDir: string): string;
  /** Its servers. */
  readonly pids: readonly number[];
  raw(records: number, bytes: number): Promise<RawReads>;
  stop(): Promise<void>;
}

const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  lmdb: async () => ({ args: [], stateUrl: (dataDir) => `lmdb:${dataDir}/state`, pids: [], raw: rawLmdbReads, stop: async () => undefined }),
  redis: async () => {
    const server = await RedisServer.start('--appendfsync', 'everysec');
    const url = server.url(0);
    return { args: ['--state', url], stateUrl: () => url, pids: [server.pid!], raw: (records, bytes) => rawRedisGets(server.url(1), records, bytes), stop: () => server.remove() };
  },
  'redis-cluster': async () => {
    const cluster = await RedisClusterServers.start();
    const { url, servers } = cluster;
    return { args: ['--state', url], stateUrl: () => url, pids: servers.map(({ pid }) => pid!), raw: (records, bytes) => rawRedisGets(url, records, bytes), stop: () => cluster.remove() };
  },
};

const SIZE = { items: 10_000, users: 500 };
/** More than an owner keeps: read in turn, each is read from the engine. */
const ALL_USERS = 20_000;
const BATCHES = [1, 32, 256];
/** V8 compiles what runs often: a read costs twice as much before. */
const WARM_UP_ROUNDS = 6;
/** Time of a read that waits, milliseconds. */
const PATIENCE_MS = 10_000;
/** Reads that wait at a time. */
const AT_ONCE = 4;
const ROUNDS = 5;
const ROUND_MS = 1000;
/** As in Feast's published table: entities of one read, and features of each. */
const ROWS = 100;
const FEATURES = 50;

interface Round {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Reads that found the store too busy. */
  readonly failed: number;
}

/** Reads for a round; `read` answers how many states it got, undefined when the store had no time for it. */
async function round(read: () => Promise<number | undefined>, atOnce: number): Promise<Round> {
  const began = performance.now();
  const latenciesMs: number[] = [];
  let [states, failed] = [0, 0];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (performance.now() - began < ROUND_MS) {
      const asked = performance.now();
      const got = await read();
      if (got === undefined) failed++;
      else latenciesMs.push(performance.now() - asked);
      states += got ?? 0;
    }
  }));
  return { perSecond: states / ((performance.now() - began) / 1000), latenciesMs, failed };
}

async function states(state: StackState, engine: Engine): Promise<Readonly<Record<string, unknown>>> {
  const { pid, port } = state.services['feature-store']!;
  const store = createGrpcClient(features.FeatureStoreService, { target: `127.0.0.1:${port}`, timeoutMs: PATIENCE_MS, exchange: true });
  // The gateway's: reads of the same moment are one message, as a pipeline of Redis is.
  const reader = new GrpcUserStateReader(store);
  const [first] = (await store.readUserStates({ requests: [{ tenant: 'default', userId: userId(0) }] })).results;
  const bytes = first!.record.length;
  const raw = await engine.raw(ALL_USERS, bytes);
  let next = 0;
  const nextUser = (users: number): string => userId(next++ % users);
  const readOne = async (users: number): Promise<readonly { readonly record: Uint8Array }[]> =>
    [await reader.read('default', { kind: 'user', id: nextUser(users) }, { deadlineMs: performance.now() + PATIENCE_MS, signal: new AbortController().signal })];
  const readBatch = async (users: number, count: number): Promise<readonly { readonly record: Uint8Array }[]> =>
    (await store.readUserStates({ requests: Array.from({ length: count }, () => ({ tenant: 'default', userId: nextUser(users) })) })).results;
  /** How many states it got; undefined when the store had no time for it. */
  const counted = async (results: Promise<readonly { readonly record: Uint8Array }[]>): Promise<number | undefined> => {
    const records = await results.catch((error: unknown) => {
      if (isDomainError(error) && error.code === 'UNAVAILABLE') return undefined;
      throw error;
    });
    if (records?.some(({ record }) => record.length === 0) === true) throw new Error('A user state is missing.');
    return records?.length;
  };
  const readRaw = async (users: number, count: number): Promise<number> => await raw.read((next += count) % users, count) / bytes;
  try {
    const figures: Record<string, unknown> = { stateBytes: bytes };
    const reads = BATCHES.map((batch) => ({ batch, cores: ONE_CORE, users: SIZE.users, read: batch === 1 ? readOne : (users: number) => readBatch(users, batch) }));
    const ways = Object.fromEntries([
      ...reads.map((way) => [`batch${way.batch}`, way] as const), ...reads.map((way) => [`anew${way.batch}`, { ...way, users: ALL_USERS }] as const),
      ['alone', { ...reads[0]!, read: (users: number) => readBatch(users, 1) }] as const, ['spread', { ...reads[0]!, cores: EVERY_CORE }] as const,
    ]);
    const all = [process.pid, pid!, ...engine.pids, ...(raw.pid === undefined ? [] : [raw.pid])];
    for (const [name, { cores, users, batch, read }] of Object.entries(ways)) {
      runOn(cores, all);
      for (let i = 0; i < WARM_UP_ROUNDS; i++) await round(() => counted(read(users)), AT_ONCE);
      const [through, bare]: [Round[], Round[]] = [[], []];
      const cpuBefore = cpuMs(pid!);
      for (let i = 0; i < ROUNDS; i++) {
        through.push(await round(() => counted(read(users)), AT_ONCE));
        bare.push(await round(() => readRaw(users, batch), AT_ONCE));
      }
      const perSecond = quantile(through.map((one) => one.perSecond), 0.5);
      const rawPerSecond = quantile(bare.map((one) => one.perSecond), 0.5);
      const cpuUs = ((cpuMs(pid!) - cpuBefore) * 1000) / through.reduce((sum, { latenciesMs }) => sum + latenciesMs.length * batch, 0);
      figures[name] = {
        statesPerSecond: Math.round(perSecond), rawPerSecond: Math.round(rawPerSecond), ratio: rounded(perSecond / rawPerSecond, 2), p50Ms: rounded(quantile(through.flatMap((one) => one.latenciesMs), 0.5), 2),
        p99Ms: rounded(quantile(through.flatMap((one) => one.latenciesMs), 0.99), 2), cpuUsPerState: rounded(cpuUs, 1), failed: through.reduce((sum, { failed }) => sum + failed, 0),
      };
      note(`${name}: ${JSON.stringify(figures[name])}`);
    }
    return figures;
  } finally {
    store.close();
    raw.close();
  }
}

/** Milliseconds of calls that compute and answer feature rows of a hundred items for a user, one after the other. */
async function rows(state: StackState, seconds: number): Promise<{ readonly p50: number; readonly p99: number }> {
  const store = featureStoreOf(state);
  const client = createGrpcClient(ranking.RankingService, { target: `127.0.0.1:${state.services['ranking']!.port}`, timeoutMs: 10_000, exchange: true });
  const next = noise(11);
  const latenciesMs: number[] = [];
  try {
    const { results } = await store.readUserStates({ requests: Array.from({ length: 100 }, (_, n) => ({ tenant: 'default', userId: userId(n) })) });
    const scores = bytesOf(Float32Array.from({ length: ROWS }, next));
    const end = performance.now() + seconds * 1000;
    for (let n = 0; performance.now() < end; n++) {
      const ordinals = bytesOf(Int32Array.from({ length: ROWS }, () => Math.floor(((next() + 1) / 2) * SIZE.items)));
      const asked = performance.now();
      const { results: [result] } = await client.rankCandidates({
        requests: [{ tenant: 'default', ranker: 'ranker@1', userState: results[n % 100]!.record, ordinals, scores, personalScores: scores, nextScores: scores, nowMs: Date.now(), featureRows: ROWS }],
      });
      latenciesMs.push(performance.now() - asked);
      if (result!.error !== '' || result!.featureNames.length < FEATURES || result!.features.length < ROWS * FEATURES * 4) throw new Error(`The rows are not whole: ${result!.error}`);
    }
  } finally {
    store.close();
    client.close();
  }
  const warm = latenciesMs.slice(Math.floor(latenciesMs.length / 3));
  return { p50: quantile(warm, 0.5), p99: quantile(warm, 0.99) };
}

async function measure(name: string): Promise<Outcome> {
  // As the gateway does. Left to itself, this process collects its whole heap every eighty calls, and its own pauses are the tail that it measures.
  spareFullCollections();
  const engine = await engines[name]!();
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer', ...engine.args] });
  try {
    await new ReferenceWorld(stack, await stack.start(), SIZE).fill();
    await stack.stop();
    await addUsers(engine.stateUrl(stack.dataDir), { keyOf: (n) => ({ tenant: 'default', entity: userEntity(userId(n)) }), from: SIZE.users, to: ALL_USERS });
    note(`${ALL_USERS} users are there`);
    const world = new ReferenceWorld(stack, await stack.start(), SIZE);
    // Of a partition that has had no event since its owner started, nothing is kept.
    await world.sendEvents(SIZE.users, (n) => ({ type: 'view', userId: userId(n), itemId: itemId(n) }));
    await world.registerModels();
    const read = await states(world.state, engine);
    const { p50, p99 } = await rows(world.state, 10);
    return {
      figures: { [name]: read, rows100x50P50Ms: rounded(p50, 2), rows100x50p99Ms: rounded(p99, 2) },
      targets: { ...Object.fromEntries(BATCHES.map((batch) => [`${name}.batch${batch}.ratio`, { atLeast: 0.5 }])), rows100x50p99Ms: { atMost: 3 } },
    };
  } finally {
    await stack.dispose();
    await engine.stop();
  }
}

await show({
  name: 'bench features',
  help: `User states a second from the feature store, ${BATCHES.join(', ')} at a time, ${AT_ONCE} reads at once, in turns of a second with reads of records of the same
size from the engine by itself (median of ${ROUNDS} turns each): pipelined GETs of Redis, and for LMDB the least server there can be, a process that writes them to a socket. The owner keeps in memory what is
read again, as these states are; anew: those of ${ALL_USERS} users in turn, more than are kept, so that each is read from the engine. Whoever asks and whoever answers is on the same core, so that a read takes what it costs. One at a time is as the gateway reads: what is asked for in the same moment goes in one message (alone: each in a message of its own; spread: on all
cores, where the two sides wait for each other, and waking another core takes a virtual machine as long as the read itself). And how long ranking takes to compute and answer ${ROWS} rows of ${FEATURES} features
or more (it answers the reference ranker's 64, and scores them). Feast's published table of ${ROWS} × ${FEATURES}: p99 of 17 ms (Java), 22 (Go), 125 (Python).`,
  options: { engine: { type: 'string', help: `where states are: ${Object.keys(engines).join(', ')} (default lmdb)` } },
  run: ({ flags }) => {
    const name = String(flags['engine'] ?? 'lmdb');
    if (!(name in engines)) throw new Error(`--engine takes one of ${Object.keys(engines).join(', ')}.`);
    return measure(name);
  },
});
