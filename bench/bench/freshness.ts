/** `npm run bench -- freshness`: how long after its 202 an event is in an answer, while others send a thousand a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TwoGateways } from '../chaos/serve/http.ts';
import { Shoppers } from '../chaos/serve/shoppers.ts';
import { caughtUp, featureStoreOf, itemIds } from '../shared/filling.ts';
import { cpuOf, machineCpu } from '../shared/process-cpu.ts';
import { note, quantile, show, type Outcome } from '../shared/show.ts';
import { StackProcess, pidsOf, type StackState } from '../shared/stack-process.ts';
import { SHOPPERS, liveTheirLives, people, type Person } from './freshness/people.ts';
import { Prober, type Probed } from './freshness/probe.ts';

const EVENTS_PER_SECOND = 1000;
const HISTORIES = [1, 256];
const RUNS = 3;
/** Others send events and this one asks for lists before anything is measured: V8 compiles meanwhile, and the first lists of a process take twice as long as later ones. */
const WARM_UP_MS = 20_000;
/** A run on a machine that can't keep up ends all the same, with fewer probes. */
const MOST_RUN_MS = 50_000;

interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function times(samples: readonly (number | undefined)[]): Times {
  const all = samples.map((ms) => ms ?? Infinity);
  return { p50Ms: tenths(quantile(all, 0.5)), p99Ms: tenths(quantile(all, 0.99)) };
}

/** The middle one of each figure. */
const middle = (runs: readonly Times[]): Times => ({ p50Ms: quantile(runs.map(({ p50Ms }) => p50Ms), 0.5), p99Ms: quantile(runs.map(({ p99Ms }) => p99Ms), 0.5) });

function summary(runs: readonly (readonly Probed[])[]) {
  const median = (of: (probed: Probed) => number | undefined, which: (probed: Probed) => boolean = () => true): Times => middle(runs.map((run) => times(run.filter(which).map(of))));
  const all = runs.flat();
  return {
    ...median(({ freshMs }) => freshMs),
    runs: runs.map((run) => times(run.map(({ freshMs }) => freshMs))),
    ...Object.fromEntries(HISTORIES.map((n) => [`history${n}`, median(({ freshMs }) => freshMs, ({ interactions }) => interactions === n)])),
    plain: median(({ plainMs }) => plainMs), lastAnswer: median(({ lastAnswerMs }) => lastAnswerMs), applied: median(({ appliedMs }) => appliedMs), acknowledged: median(({ acknowledgedMs }) => acknowledgedMs),
    answersPerProbe: Math.round((all.reduce((sum, { answers }) => sum + answers, 0) / all.length) * 100) / 100,
    probes: all.length, unreflected: all.filter(({ freshMs }) => freshMs === undefined).length,
  };
}

/** Answers the share of the machine's CPU that has gone to neither this show nor its stack since. */
function othersFrom(state: StackState): () => number {
  const pids = { show: process.pid, ...pidsOf(state) };
  const ours = (): number => Object.values(cpuOf(pids)).reduce((sum, ms) => sum + ms, 0);
  const [oursBefore, before] = [ours(), machineCpu()];
  return () => {
    const now = machineCpu();
    return Math.round(((now.usedMs - before.usedMs - (ours() - oursBefore)) / (now.allMs - before.allMs)) * 100) / 100;
  };
}

async function probeAll(prober: Prober, persons: readonly Person[]): Promise<readonly Probed[]> {
  const probed: Probed[] = [];
  const until = performance.now() + MOST_RUN_MS;
  for (const person of persons) {
    if (performance.now() > until) break;
    await sleep(Math.random() * 50);
    probed.push(await prober.probe(person));
  }
  return probed;
}

async function measure(state: StackState, { probes, batch }: { readonly probes: number; readonly batch: number }): Promise<Outcome> {
  const store = featureStoreOf(state);
  try {
    const items = await itemIds(state);
    const each = Math.ceil(probes / HISTORIES.length);
    const everybody = people(RUNS * each, HISTORIES);
    await liveTheirLives(state, everybody, items);
    await caughtUp(store);
    note(`${items.length} items; ${everybody.length} people to probe have lived their lives`);
    const shoppers = new Shoppers(new TwoGateways([state.gateways[0]!], state.keys.publishable), SHOPPERS, items);
    const traffic = shoppers.run(EVENTS_PER_SECOND, batch);
    const prober = new Prober(state, store);
    await prober.warmUp(SHOPPERS, WARM_UP_MS);
    const [sentBefore, began] = [shoppers.acknowledged.length, performance.now()];
    const othersShare = othersFrom(state);
    const runs: (readonly Probed[])[] = [];
    for (let run = 0; run < RUNS; run++) {
      const persons = everybody.slice(run * each * HISTORIES.length, (run + 1) * each * HISTORIES.length);
      runs.push(await probeAll(prober, persons));
      note(`run ${run + 1}: ${JSON.stringify(times(runs.at(-1)!.map(({ freshMs }) => freshMs)))}`);
    }
    const eventsPerSecond = Math.round((shoppers.acknowledged.length - sentBefore) / ((performance.now() - began) / 1000));
    const othersCpuShare = othersShare();
    shoppers.stop();
    await traffic;
    return {
      figures: { ...summary(runs), eventsPerSecond, batch, othersCpuShare },
      targets: { p99Ms: { atMost: 50 }, unreflected: { equals: 0 }, eventsPerSecond: { atLeast: 990 }, probes: { atLeast: 600 } },
    };
  } finally {
    store.close();
  }
}

await show({
  name: 'bench freshness',
  help: `From the 202 of an event to the first answer that reflects it: whole (degraded: []), made of a user state at or past the event's position, with scores
of the placement's retriever and ranker that have changed. The demo shop with its trained models; meanwhile its 1,500 shoppers send ${EVENTS_PER_SECOND}
events a second in batches, of which they repeat 5 %. People who are probed have had ${HISTORIES.join(' or ')} interactions, as many of each. A probe asks (explain, secret
key) as soon as it has the 202, and ${1} ms after each answer that does not reflect the event yet: one request at a time. Medians of ${RUNS} runs,
after ${WARM_UP_MS / 1000} s of the same events and of lists that don't count.`,
  options: {
    probes: { type: 'string', help: 'probes in each run (default 200)' },
    batch: { type: 'string', help: 'events in each of the others\' requests (default 10)' },
  },
  run: async ({ flags }) => {
    const stack = new StackProcess({ args: ['--traffic', '0'] });
    try {
      const state = await stack.start();
      note('the stack runs');
      return await measure(state, { probes: Number(flags.probes ?? 200), batch: Number(flags.batch ?? 10) });
    } finally {
      await stack.dispose();
    }
  },
});
