/** `npm run chaos -- requests`: malformed requests against every route, and hostile expressions, cursors and tokens. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { note, show, type Outcome } from '../shared/show.ts';
import { StackProcess, type StackState } from '../shared/stack-process.ts';
import { syntheticMovieLens } from '../shared/synthetic-movielens.ts';
import { operationsOf, type Operation } from './requests/api.ts';
import type { Attempt } from './requests/attempts.ts';
import { hostileRules } from './requests/hostile-rules.ts';
import { hostileTokens, type GivenTokens } from './requests/hostile-tokens.ts';
import { malformedConnection } from './requests/malformed-connections.ts';
import { malformedRequest } from './requests/malformed-requests.ts';
import { FaultyProxy, PLANTED } from './requests/planted-faults.ts';
import { Siege, probe, type Probes } from './requests/siege.ts';
import { Api, prepare, until } from './requests/world.ts';

const REQUESTS = 10_000;
const SEED = 20261127;
/** Connections that go wrong, for one operation's share of requests. */
const CONNECTIONS = 4;
/** Hostile expressions for one hostile token. */
const EXPRESSIONS = 3;

interface Options {
  readonly requests: number;
  readonly seed: number;
  readonly planted: string | undefined;
}

/** As many of each arbitrary as its weight says, `count` together, each kind spread over the whole. */
function sampled(kinds: readonly (readonly [weight: number, fc.Arbitrary<Attempt>])[], count: number, seed: number): readonly Attempt[] {
  const whole = kinds.reduce((sum, [weight]) => sum + weight, 0);
  const made = kinds.flatMap(([weight, arbitrary], kind) => {
    const numRuns = Math.ceil((count * weight) / whole);
    return fc.sample(arbitrary, { numRuns, seed: seed + kind }).map((attempt, i) => ({ attempt, at: (i + 0.5) / numRuns }));
  });
  return made.sort((a, b) => a.at - b.at).slice(0, count).map(({ attempt }) => attempt);
}

function malformed(operations: readonly Operation[], state: StackState, { requests, seed }: Options): readonly Attempt[] {
  const documented = new Set(operations.map(({ name }) => name));
  return sampled([...operations.map((operation) => [1, malformedRequest(operation, state.keys, documented)] as const), [CONNECTIONS, malformedConnection(state.keys)]], requests, seed);
}

const hostile = (given: GivenTokens, state: StackState, { requests, seed }: Options): readonly Attempt[] =>
  sampled([[EXPRESSIONS, hostileRules(state.keys)], [1, hostileTokens(given, state.keys)]], requests, seed);

/** Services that are not the processes that they were. */
function crashes(before: StackState, after: StackState | undefined): readonly string[] {
  return Object.entries(before.services).filter(([name, { pid, restarts }]) => after?.services[name]?.pid !== pid || after?.services[name]?.restarts !== restarts).map(([name]) => name);
}

/** What services logged as errors, or wrote besides their log. */
function loggedErrors(dataDir: string): readonly string[] {
  const logs = join(dataDir, 'logs');
  return readdirSync(logs).flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n').filter((line) => line !== '' && !/^\{.*"level":"(trace|debug|info|warn)"/.test(line)).map((line) => `${file}: ${line.slice(0, 600)}`));
}

const residentMiB = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Whether the stack is what it was before: its rules are put back, and a list is asked for. */
async function isSane(api: Api, home: object): Promise<boolean> {
  await api.send('PUT', '/v1/rules', { rules: [], caps: [] });
  await api.send('PUT', '/v1/placements/home', home);
  const list = await until(() => api.page({ placement: 'home', userId: '1', limit: 10 }), ({ items, degraded }) => items.length === 10 && degraded.length === 0, 'a whole list').catch(() => undefined);
  return list !== undefined;
}

/** Everything that is sent, one after the other, while a visitor asks for lists. */
async function besiege(siege: Siege, state: StackState, { options, api }: { readonly options: Options; readonly api: Api }): Promise<Probes> {
  const given = await prepare(state);
  const operations = await operationsOf(state.gateways[0]!);
  // Made before anybody waits for an answer: making ten thousand takes this process a second.
  const [broken, clever] = [malformed(operations, state, options), hostile(given, state, options)];
  let isOver = false;
  const probing = probe(api, () => isOver, (what) => note(`✗ a list in between: ${what}`));
  try {
    note(`${options.requests} malformed requests against ${operations.length} operations; seed ${options.seed}`);
    await siege.lay(broken, (done) => note(`${done} malformed requests`));
    if (options.planted === 'crash') process.kill(state.services['ranking']!.pid!, 'SIGKILL');
    note(`${options.requests} hostile expressions, cursors and tokens`);
    await siege.lay(clever, (done) => note(`${done} hostile requests`));
  } finally {
    isOver = true;
  }
  return probing;
}

/** What is left of the stack afterwards. */
async function damage(stack: StackProcess, before: StackState, { api, home }: { readonly api: Api; readonly home: object }): Promise<Readonly<Record<string, number>>> {
  await sleep(500);
  const logged = loggedErrors(stack.dataDir);
  for (const line of logged.slice(0, 20)) note(`logged ${line}`);
  const down = crashes(before, stack.state());
  for (const name of down) note(`✗ ${name} was started again`);
  return { crashes: down.length, loggedErrors: logged.length, sane: await isSane(api, home) ? 1 : 0 };
}

async function run(stack: StackProcess, options: Options): Promise<Outcome> {
  note('starting the stack');
  const state = await stack.start();
  const [gateway] = state.gateways as [string];
  const api = new Api(gateway, state.keys.secret);
  const home = await api.send<Record<string, unknown>>('GET', '/v1/placements/home');
  const operations = await operationsOf(gateway);
  const proxy = options.planted === undefined || options.planted === 'crash' ? undefined : await FaultyProxy.start(gateway, options.planted);
  const siege = new Siege(proxy?.url ?? gateway, new Set(operations.filter(({ isPromised }) => isPromised).map(({ name }) => name)));
  const memoryBefore = residentMiB(state.services['gateway']!.pid!);
  const probes = await besiege(siege, state, { options, api });
  siege.close();
  proxy?.close();
  for (const line of siege.told()) note(line);
  const figures = {
    requests: siege.requests, malformed: siege.malformed, ...siege.counts, ...await damage(stack, state, { api, home }), routes: operations.filter(({ name }) => siege.operations.has(name)).length / operations.length,
    notAvailableYet: siege.promises, probes: probes.asked, probesFailed: probes.failed, probesDegraded: probes.degraded,
    p99Ms: siege.quantile(0.99), slowestMs: siege.slowest.ms, slowestProbeMs: probes.slowestMs, gatewayGrewMiB: Math.round(residentMiB(state.services['gateway']!.pid!) - memoryBefore), seed: options.seed,
  };
  const none = { equals: 0 };
  return {
    figures,
    targets: { serverErrors: none, notProblemJson: none, accepted: none, unanswered: none, slow: none, internals: none, crashes: none, probesFailed: none, routes: { equals: 1 }, sane: { equals: 1 } },
  };
}

await show({
  name: 'requests',
  help: `Sends malformed requests to every operation of the served OpenAPI document (bodies, paths, queries, keys, methods, framing), then hostile
expressions at every level, cursors and tokens, while a visitor asks for lists. Each answer that refuses must be a problem as RFC 9457
and the API say, no answer may be 5xx (but 501 where the document says so) or take longer than a second, and no service may end.`,
  options: {
    requests: { type: 'string', help: `malformed ones, and as many hostile ones (${REQUESTS})` },
    seed: { type: 'string', help: 'another seed makes other requests' },
    break: { type: 'string', help: `plant a fault that this must find: ${PLANTED.join(', ')}` },
  },
  run: async ({ data, flags }) => {
    const planted = typeof flags['break'] === 'string' ? flags['break'] : undefined;
    if (planted !== undefined && !PLANTED.includes(planted)) throw new Error(`--break takes one of ${PLANTED.join(', ')}.`);
    const folder = mkdtempSync(join(tmpdir(), 'serendip-requests-'));
    const films = data ?? syntheticMovieLens(folder, { users: 300, films: 400, ratings: 12_000 });
    const stack = new StackProcess({ args: ['--traffic', '0', '--data', films] });
    try {
      return await run(stack, { requests: Number(flags['requests'] ?? REQUESTS), seed: Number(flags['seed'] ?? SEED), planted });
    } finally {
      await stack.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
