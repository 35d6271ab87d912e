/** `npm run bench -- serve`: what a recommendation costs beside the model, over all server processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf } from '../shared/process-cpu.ts';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, pidsOf, type StackState } from '../shared/stack-process.ts';
import { startBareRuntime } from './reference/bare-runtime.ts';
import { ReferenceWorld, type WorldSize } from './reference/world.ts';

const CANDIDATES = 500;
const CLIENTS = 4;
/** Enough that both cores are always busy; with few, a good part of what a recommendation takes is waking up for it. */
const MANY_CLIENTS = 16;
/** V8 goes on compiling for so long, with many clients: a request costs a tenth more meanwhile. */
const WARM_UP_SECONDS = 60;

interface Run {
  readonly answers: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** CPU of each process, milliseconds an answer. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** The trainer, where there is one, answers nobody. */
const serversOf = (state: StackState): Record<string, number> => Object.fromEntries(Object.entries(pidsOf(state)).filter(([name]) => name !== 'trainer'));

interface Load {
  readonly seconds: number;
  readonly cached?: boolean;
  readonly clients?: number;
}

async function load(world: ReferenceWorld, { seconds, cached = false, clients = CLIENTS }: Load): Promise<Run> {
  const pids = serversOf(world.state);
  const latenciesMs: number[] = [];
  const before = cpuOf(pids);
  const began = performance.now();
  let n = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() - began < seconds * 1000) {
      const asked = performance.now();
      const { status, body } = await world.recommend(n++, { cached });
      if (status !== 200 || body.degraded.length > 0) throw new Error(`An answer was ${status}, degraded ${JSON.stringify(body.degraded)}`);
      latenciesMs.push(performance.now() - asked);
    }
  }));
  const tookSeconds = (performance.now() - began) / 1000;
  const after = cpuOf(pids);
  const answers = latenciesMs.length;
  return { answers, seconds: tookSeconds, latenciesMs, cpu: Object.fromEntries(Object.keys(pids).map((name) => [name, (after[name]! - before[name]!) / answers])) };
}

/** Sum and count of each stage, from the gateway's own metrics. */
async function stages({ services }: StackState): Promise<Map<string, readonly [number, number]>> {
  const text = await (await fetch(`http://127.0.0.1:${services.gateway!.adminPort}/metrics`)).text();
  const value = (name: string, stage: string): number => Number(text.match(new RegExp(`^serendip_stage_seconds_${name}\\{[^}]*stage="${stage}"[^}]*\\} (\\S+)`, 'm'))?.[1] ?? 0);
  const names = new Set([...text.matchAll(/^serendip_stage_seconds_count\{[^}]*stage="([^"]+)"/gm)].map((match) => match[1]!));
  return new Map([...names].map((stage) => [stage, [value('sum', stage), value('count', stage)] as const]));
}

const total = (run: Run): number => Object.values(run.cpu).reduce((sum, ms) => sum + ms, 0);
const ms = (figure: number): number => rounded(figure, 3);

const figuresOf = (run: Run) => ({
  rps: Math.round(run.answers / run.seconds), p50Ms: ms(quantile(run.latenciesMs, 0.5)), p99Ms: ms(quantile(run.latenciesMs, 0.99)), cpuMsPerRecommendation: ms(total(run)),
});

function table(title: string, rows: Iterable<readonly [string, number]>): void {
  console.log(`\n${title}`);
  for (const [name, figure] of rows) console.log(`  ${name.padEnd(16)} ${figure.toFixed(3).padStart(9)}`);
}

/** A load beside the bare runtime: a core whose other half is busy needs longer for the same work, so both are measured under the same load. */
async function besideModel(world: ReferenceWorld, { seconds, clients }: Required<Omit<Load, 'cached'>>) {
  const bare = startBareRuntime(CANDIDATES);
  const run = await load(world, { seconds, clients });
  const model = await bare.stop();
  table(`CPU of each process with ${clients} clients, ms a recommendation`, [...Object.entries(run.cpu), ['all', total(run)], ['bare runtime', model]]);
  return { ...figuresOf(run), modelCpuMs: ms(model), overheadMs: ms(total(run) - model) };
}

/** The reference's figures with few clients and many, and with the answer cache. */
async function measureReference(seconds: number, size: WorldSize) {
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer'] });
  try {
    const world = new ReferenceWorld(stack, await stack.start(), size);
    note('the stack runs');
    await world.fill();
    await world.registerModels();
    // Statistics come every second, and indexes follow them.
    await sleep(3000);
    const { body } = await world.recommend(0, { explain: true });
    note(`models ${JSON.stringify(body.models)}, funnel ${JSON.stringify(body.funnel)?.slice(0, 600)}`);
    await load(world, { seconds: WARM_UP_SECONDS, clients: MANY_CLIENTS });
    const stagesBefore = await stages(world.state);
    const reference = await besideModel(world, { seconds, clients: CLIENTS });
    const stagesAfter = await stages(world.state);
    const manyClients = await besideModel(world, { seconds, clients: MANY_CLIENTS });
    await load(world, { seconds: 2, cached: true });
    const cached = await load(world, { seconds: Math.min(seconds, 8), cached: true });
    table(`time of each stage with ${CLIENTS} clients, ms (gateway)`, [...stagesAfter].map(([stage, [sum, count]]) => [stage, ((sum - (stagesBefore.get(stage)?.[0] ?? 0)) / Math.max(1, count - (stagesBefore.get(stage)?.[1] ?? 0))) * 1000] as const));
    table('CPU of each process with the answer cache, ms a recommendation', [...Object.entries(cached.cpu), ['all', total(cached)]]);
    return { ...reference, cachedRps: Math.round(cached.answers / cached.seconds), manyClients };
  } finally {
    await stack.dispose();
  }
}

/** The same requests, ranked by the ranker that the platform ships, trained on the world's events. */
async function measureShipped(seconds: number, size: WorldSize): Promise<Readonly<Record<string, number>>> {
  const stack = new StackProcess({ args: ['--no-demo'] });
  try {
    const world = new ReferenceWorld(stack, await stack.start(), size);
    await world.fill();
    await world.registerModels();
    await world.serveShippedRanker();
    note('the shipped ranker is trained and answers');
    await load(world, { seconds: WARM_UP_SECONDS, clients: MANY_CLIENTS });
    const run = await load(world, { seconds });
    table('CPU of each process with the shipped ranker, ms a recommendation', [...Object.entries(run.cpu), ['all', total(run)]]);
    return figuresOf(run);
  } finally {
    await stack.dispose();
  }
}

async function measure(seconds: number, size: WorldSize): Promise<Outcome> {
  const reference = await measureReference(seconds, size);
  return { figures: { ...reference, shipped: await measureShipped(seconds, size) }, targets: { overheadMs: { atMost: 2 } } };
}

await show({
  name: 'bench serve',
  help: `POST /v1/recommendations with the reference ranker (64 features → 256-128-1, ${CANDIDATES} candidates, 100,000 items, users with 256 interactions) by ${CLIENTS}
clients that wait for their answers, by ${MANY_CLIENTS} (manyClients: both cores are always busy), and with the answer cache; then, in a stack of its own and without the cache, with the ranker that the platform
ships, trained on the same users' events (shipped). overheadMs is the CPU of all server processes a recommendation
less the bare runtime's for the same rows, which runs beside it now and then. The CPU of what runs without requests (polling, statistics) counts.`,
  options: { seconds: { type: 'string', help: 'seconds of load that are measured (default 20)' }, items: { type: 'string', help: 'items (default 100000)' }, users: { type: 'string', help: 'users (default 200)' } },
  run: ({ flags }) => measure(Number(flags.seconds ?? 20), { items: Number(flags.items ?? 100_000), users: Number(flags.users ?? 200) }),
});
