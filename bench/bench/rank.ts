/** `npm run bench -- rank`: rows a second of the ranking service beside the bare runtime with the same model and rows. */
import { createGrpcClient } from '@serendip/platform-grpc';
import { ranking } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import { featureStoreOf } from '../shared/filling.ts';
import { EVERY_CORE, ONE_CORE, cpuMs, runOn } from '../shared/process-cpu.ts';
import { noise } from '../shared/random.ts';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { startBareProcess, type BareProcess, type Turn } from './rank/bare-process.ts';
import { inferenceLoad, type Load } from './rank/inference-load.ts';
import { contextOf } from './reference/models.ts';
import { ReferenceWorld, userId } from './reference/world.ts';

const ROWS = 500;
const CONCURRENCIES = [1, 8, 64];
const SIZE = { items: 10_000, users: 100 };
/** V8 compiles what runs often; a request costs twice as much before. */
const WARM_UP_REQUESTS = 6000;
const WARM_UP_TURN_MS = 1000;

interface ServiceTurn extends Turn {
  readonly latenciesMs: readonly number[];
}

const perCpuSecond = ({ rows, cpuSeconds }: Turn): number => rows / cpuSeconds;

async function counted(pid: number, load: () => Promise<Load>): Promise<ServiceTurn> {
  const began = performance.now();
  const before = cpuMs(pid);
  const { answers, latenciesMs } = await load();
  return { rows: answers * ROWS, cpuSeconds: (cpuMs(pid) - before) / 1000, wallSeconds: (performance.now() - began) / 1000, latenciesMs };
}

/** Turns of the service and the bare runtime, one after the other, and what their medians say. */
async function compared({ rounds, ms, clients }: { readonly rounds: number; readonly ms: number; readonly clients: number }, pid: number, bare: BareProcess, load: (clients: number, ms: number) => Promise<Load>) {
  const through: ServiceTurn[] = [];
  const without: Turn[] = [];
  await load(clients, ms / 2);
  for (let i = 0; i < rounds; i++) {
    through.push(await counted(pid, () => load(clients, ms)));
    without.push(await bare.turn(clients, ms));
  }
  const rowsPerSecond = quantile(through.map(perCpuSecond), 0.5);
  const bareRowsPerSecond = quantile(without.map(perCpuSecond), 0.5);
  const latenciesMs = through.flatMap((turn) => turn.latenciesMs);
  return {
    rowsPerSecond: Math.round(rowsPerSecond), bareRowsPerSecond: Math.round(bareRowsPerSecond), ratio: rounded(rowsPerSecond / bareRowsPerSecond, 3), p50Ms: rounded(quantile(latenciesMs, 0.5), 2),
    p99Ms: rounded(quantile(latenciesMs, 0.99), 2), wallRowsPerSecond: Math.round(quantile(through.map(({ rows, wallSeconds }) => rows / wallSeconds), 0.5)),
  };
}

/** RankCandidates with states of users and random candidates, as the gateway asks. */
async function rankLoad(state: StackState): Promise<{ load(clients: number, ms: number): Promise<Load>; close(): void }> {
  const store = featureStoreOf(state);
  const { results: states } = await store.readUserStates({ requests: Array.from({ length: SIZE.users }, (_, n) => ({ tenant: 'default', userId: userId(n) })) });
  store.close();
  const client = createGrpcClient(ranking.RankingService, { target: `127.0.0.1:${state.services.ranking!.port}`, timeoutMs: 30_000, exchange: true });
  const next = noise(11);
  const scores = bytesOf(Float32Array.from({ length: ROWS }, next));
  let n = 0;
  const once = async (): Promise<void> => {
    const ordinals = bytesOf(Int32Array.from({ length: ROWS }, () => Math.floor(((next() + 1) / 2) * SIZE.items)));
    const context = { ...contextOf(n), attributes: {} };
    const request = { tenant: 'default', ranker: 'ranker@1', userState: states[n++ % SIZE.users]!.record, ordinals, scores, personalScores: scores, nextScores: scores, nowMs: Date.now(), context };
    const { results: [result] } = await client.rankCandidates({ requests: [request] });
    if (result!.scores.length !== ROWS * 4) throw new Error(`A request was not ranked: ${result!.error}`);
  };
  return {
    load: async (clients, ms) => {
      const latenciesMs: number[] = [];
      const end = performance.now() + ms;
      await Promise.all(Array.from({ length: clients }, async () => {
        while (performance.now() < end) {
          const asked = performance.now();
          await once();
          latenciesMs.push(performance.now() - asked);
        }
      }));
      return { answers: latenciesMs.length, latenciesMs };
    },
    close: () => client.close(),
  };
}

async function measure(rounds: number, ms: number): Promise<Outcome> {
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer'] });
  const bare = startBareProcess(ROWS);
  try {
    const world = new ReferenceWorld(stack, await stack.start(), SIZE);
    await world.fill();
    await world.registerModels();
    const { pid, adminPort } = world.state.services.ranking!;
    const infer = (clients: number, forMs: number) => inferenceLoad({ port: adminPort, model: 'ranker', rows: ROWS, clients, ms: forMs });
    const rank = await rankLoad(world.state);
    const figures: Record<string, unknown> = {};
    try {
      for (const load of [infer, rank.load]) for (let made = 0; made < WARM_UP_REQUESTS; ) made += (await load(8, WARM_UP_TURN_MS)).answers;
      note('everything is warm');
      for (const { name, cores, load } of [{ name: 'at', cores: ONE_CORE, load: infer }, { name: 'spreadAt', cores: EVERY_CORE, load: infer }, { name: 'candidatesAt', cores: ONE_CORE, load: rank.load }]) {
        runOn(cores, [pid!, bare.pid, process.pid]);
        for (const clients of CONCURRENCIES) {
          figures[`${name}${clients}`] = await compared({ rounds, ms, clients }, pid!, bare, load);
          note(`${name}${clients}: ${JSON.stringify(figures[`${name}${clients}`])}`);
        }
      }
    } finally {
      rank.close();
    }
    return { figures, targets: Object.fromEntries(CONCURRENCIES.map((clients) => [`at${clients}.ratio`, { atLeast: 0.8 }])) };
  } finally {
    bare.close();
    await stack.dispose();
  }
}

await show({
  name: 'bench rank',
  help: `The ranking service with the reference ranker (64 features → 256-128-1) and ${ROWS} rows a request, ${CONCURRENCIES.join(', ')} requests at once, in turns with the bare runtime, one thread, over the same
rows in memory. rowsPerSecond and bareRowsPerSecond are rows for each second of CPU that the process used, by the kernel's count with all of its threads: clients and service
share this machine's cores, so that rows by the clock (wallRowsPerSecond) say how many cores there are rather than what the service costs. at<n> brings the rows along (Open Inference
Protocol, binary tensors over HTTP), which is what the bare runtime does, with service, clients and bare runtime on the same core; spreadAt<n> is that on all cores: each answer then
wakes a client on another one, which on a virtual machine costs the service some 30 µs. candidatesAt<n> is RankCandidates, which computes the 64 features of each candidate first, on the same core. The last two have no target.`,
  options: { rounds: { type: 'string', help: 'turns of each (default 5)' }, ms: { type: 'string', help: 'milliseconds of a turn (default 1500)' } },
  run: ({ flags }) => measure(Number(flags.rounds ?? 5), Number(flags.ms ?? 1500)),
});
