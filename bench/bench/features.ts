/** `npm run bench -- features`: what reading user states and computing feature rows costs, beside reads of the same bytes from the engine itself. */
import { createGrpcClient } from '@serendip/platform-grpc';
import { features, ranking } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import { cpuMs } from '../shared/process-cpu.ts';
import { featureStoreOf } from '../shared/filling.ts';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { rawLmdbReads } from './features/raw-reads.ts';
import { noise } from './reference/models.ts';
import { ReferenceWorld, userId } from './reference/world.ts';

const SIZE = { items: 10_000, users: 500 };
const BATCHES = [1, 32, 256];
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
}

/** Reads for a round; `read` answers how many states it got. */
async function round(read: () => Promise<number>, atOnce: number): Promise<Round> {
  const began = performance.now();
  const latenciesMs: number[] = [];
  let states = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (performance.now() - began < ROUND_MS) {
      const asked = performance.now();
      const got = await read();
      states += got;
      latenciesMs.push(performance.now() - asked);
    }
  }));
  return { perSecond: states / ((performance.now() - began) / 1000), latenciesMs };
}

async function states(state: StackState): Promise<Readonly<Record<string, unknown>>> {
  const { pid, port } = state.services['feature-store']!;
  // As the gateway calls it.
  const store = createGrpcClient(features.FeatureStoreService, { target: `127.0.0.1:${port}`, timeoutMs: 10_000, exchange: true });
  const [first] = (await store.readUserStates({ requests: [{ tenant: 'default', userId: userId(0) }] })).results;
  const bytes = first!.record.length;
  const raw = await rawLmdbReads(SIZE.users, bytes);
  let next = 0;
  const read = async (count: number): Promise<number> => {
    const requests = Array.from({ length: count }, () => ({ tenant: 'default', userId: userId(next++ % SIZE.users) }));
    const { results } = await store.readUserStates({ requests }, { timeoutMs: 10_000 });
    if (results.some(({ record }) => record.length === 0)) throw new Error('A user state is missing.');
    return results.length;
  };
  const readRaw = async (count: number): Promise<number> => await raw.read((next += count), count) / bytes;
  try {
    const figures: Record<string, unknown> = { stateBytes: bytes };
    for (const batch of BATCHES) {
      const [through, bare]: [Round[], Round[]] = [[], []];
      const cpuBefore = cpuMs(pid!);
      for (let i = 0; i < ROUNDS; i++) {
        through.push(await round(() => read(batch), AT_ONCE));
        bare.push(await round(() => readRaw(batch), AT_ONCE));
      }
      const perSecond = quantile(through.map((one) => one.perSecond), 0.5);
      const rawPerSecond = quantile(bare.map((one) => one.perSecond), 0.5);
      const cpuUs = ((cpuMs(pid!) - cpuBefore) * 1000) / through.reduce((sum, { latenciesMs }) => sum + latenciesMs.length * batch, 0);
      figures[`batch${batch}`] = {
        statesPerSecond: Math.round(perSecond), rawPerSecond: Math.round(rawPerSecond), ratio: rounded(perSecond / rawPerSecond, 2), p50Ms: rounded(quantile(through.flatMap((one) => one.latenciesMs), 0.5), 2),
        p99Ms: rounded(quantile(through.flatMap((one) => one.latenciesMs), 0.99), 2), cpuUsPerState: rounded(cpuUs, 1),
      };
      note(`batch ${batch}: ${JSON.stringify(figures[`batch${batch}`])}`);
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

async function measure(): Promise<Outcome> {
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer'] });
  try {
    const world = new ReferenceWorld(stack, await stack.start(), SIZE);
    await world.fill();
    await world.registerModels();
    const lmdb = await states(world.state);
    const { p50, p99 } = await rows(world.state, 10);
    return {
      figures: { lmdb, rows100x50P50Ms: rounded(p50, 2), rows100x50p99Ms: rounded(p99, 2) },
      targets: { ...Object.fromEntries(BATCHES.map((batch) => [`lmdb.batch${batch}.ratio`, { atLeast: 0.5 }])), rows100x50p99Ms: { atMost: 3 } },
    };
  } finally {
    await stack.dispose();
  }
}

await show({
  name: 'bench features',
  help: `User states a second from the feature store over gRPC, ${BATCHES.join(', ')} at a time, ${AT_ONCE} calls at once, in turns of a second with reads of records of the same
size from the engine by the least server there can be: a process that writes them to a socket (median of ${ROUNDS} turns each); and how long ranking takes to compute and answer ${ROWS} rows of ${FEATURES} features or more (it answers
the reference ranker's 64, and scores them). Feast's published table of ${ROWS} × ${FEATURES}: p99 of 17 ms (Java), 22 (Go), 125 (Python).`,
  run: () => measure(),
});
