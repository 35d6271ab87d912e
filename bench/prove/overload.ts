/** `npm run prove -- overload`: at twice the events that can be sustained, memory stays flat, who is refused is told when to come back, and what was acknowledged is applied. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSender, eventsText, type Reply } from '../shared/event-sender.ts';
import { caughtUp, featureStoreOf } from '../shared/filling.ts';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, pidsOf, restartsOf, type StackState } from '../shared/stack-process.ts';

const BATCH = 100;
const SENDERS = 8;
/** Heaps settle in the first part; memory of the middle third is compared with that of the last. */
const THIRDS = 3;
/** As many connections as wait at most: a client beyond these does not get as far as the gateway. */
const CONNECTIONS = 1000;
const TICK_MS = 20;
const SAMPLE_MS = 500;
const PATIENCE_MS = 30_000;

/** An answer, or status 0 when the connection failed or there was no answer in time. */
type Ask = () => Promise<Reply>;

function asker(state: StackState): Ask {
  const sender = new EventSender(state, { connections: CONNECTIONS, patienceMs: PATIENCE_MS });
  return () => sender.post(eventsText(BATCH)).catch(() => ({ status: 0, tellsWhen: false, reason: 'NONE' }));
}

/** Events a second that are sent, acknowledged and applied by senders that wait for their answers. */
async function sustained(ask: Ask, seconds: number, applied: () => Promise<void>): Promise<{ readonly events: number; readonly perSecond: number }> {
  const began = performance.now();
  let events = 0;
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    while (performance.now() - began < seconds * 1000) if ((await ask()).status === 202) events += BATCH;
  }));
  await applied();
  return { events, perSecond: events / ((performance.now() - began) / 1000) };
}

/** Memory of a process that is its own, MiB: without the pages of mapped files. 0 for one that has ended, which is counted as a crash. */
function ownMemory(pid: number): number {
  try {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

interface Samples {
  readonly memory: Readonly<Record<string, number>>[];
  readonly lagSeconds: number[];
}

async function metric({ services }: StackState, name: string, label = ''): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${services['feature-store']!.adminPort}/metrics`);
  const line = (await answer.text()).split('\n').find((one) => (one.startsWith(`${name} `) || one.startsWith(`${name}{`)) && one.includes(label));
  return Number(line?.split(' ').at(-1) ?? 0);
}

async function overload(state: StackState, ask: Ask, { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number }) {
  const replies: Reply[] = [];
  const latenciesMs: number[] = [];
  const samples: Samples = { memory: [], lagSeconds: [] };
  const waiting = new Set<Promise<void>>();
  const began = performance.now();
  let [sent, unsent] = [0, 0];
  let sampledMs = -Infinity;
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * (perSecond / BATCH));
    while (sent + unsent < due) {
      if (waiting.size >= CONNECTIONS) {
        unsent++;
        continue;
      }
      sent++;
      const asked = performance.now();
      const one: Promise<void> = ask().then((reply) => {
        replies.push(reply);
        latenciesMs.push(performance.now() - asked);
        waiting.delete(one);
      });
      waiting.add(one);
    }
    if (performance.now() - sampledMs > SAMPLE_MS) {
      sampledMs = performance.now();
      samples.memory.push(Object.fromEntries(Object.entries(pidsOf(state)).filter(([name]) => name !== 'postgres').map(([name, pid]) => [name, ownMemory(pid)])));
      void metric(state, 'serendip_state_lag_seconds').then((lag) => samples.lagSeconds.push(lag), () => undefined);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(waiting);
  return { replies, latenciesMs, samples, offered: sent * BATCH, unsent: unsent * BATCH, tookSeconds: (performance.now() - began) / 1000 };
}

/** By process, the most of the last third over the most of the middle one. */
function growth(memory: Samples['memory']): Readonly<Record<string, number>> {
  const third = Math.floor(memory.length / THIRDS);
  const most = (name: string, from: number, to: number): number => Math.max(...memory.slice(from, to).map((sample) => sample[name] ?? 0));
  return Object.fromEntries(Object.keys(memory[0]!).map((name) => [name, rounded(most(name, memory.length - third, memory.length) / most(name, third, 2 * third), 2)]));
}

async function measure(seconds: number): Promise<Outcome> {
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer,embedding,ranking'] });
  try {
    const state = await stack.start();
    const store = featureStoreOf(state);
    const applied = (): Promise<void> => caughtUp(store);
    const ask = asker(state);
    await sustained(ask, 5, applied);
    const { perSecond } = await sustained(ask, 10, applied);
    note(`${Math.round(perSecond)} events/s are sustained; now twice as many come for ${seconds} s`);
    const before = await metric(state, 'serendip_state_events_total', 'outcome="applied"');
    const { replies, latenciesMs, samples, offered, unsent, tookSeconds } = await overload(state, ask, { perSecond: 2 * perSecond, seconds });
    await applied();
    store.close();
    const gained = (await metric(state, 'serendip_state_events_total', 'outcome="applied"')) - before;
    const lagAfter = await metric(state, 'serendip_state_lag_seconds');
    const count = (wanted: (reply: Reply) => boolean): number => replies.filter(wanted).length * BATCH;
    const acknowledged = count(({ status }) => status === 202);
    const refused = ({ status }: Reply): boolean => status === 429 || status === 503;
    const grown = growth(samples.memory);
    const refusals = Object.fromEntries([...Map.groupBy(replies.filter(refused), ({ status, reason }) => `${status} ${reason}`)].map(([what, all]) => [what, all.length * BATCH]));
    return {
      figures: {
        sustainedPerSecond: Math.round(perSecond), offeredPerSecond: Math.round((offered + unsent) / seconds), acknowledgedPerSecond: Math.round(acknowledged / tookSeconds),
        refused: count(refused), refusals, acknowledgedShare: rounded(acknowledged / tookSeconds / perSecond, 2), refusedWithoutTime: count((reply) => refused(reply) && !reply.tellsWhen), unanswered: count(({ status }) => status === 0), unsent,
        otherAnswers: count((reply) => reply.status !== 202 && reply.status !== 0 && !refused(reply)), lost: Math.max(0, acknowledged - gained),
        crashes: restartsOf(stack.state()!),
        p50Ms: rounded(quantile(latenciesMs, 0.5), 0), p99Ms: rounded(quantile(latenciesMs, 0.99), 0),
        mostLagSeconds: rounded(Math.max(0, ...samples.lagSeconds), 2), lagAfterSeconds: rounded(lagAfter, 2),
        memoryMiB: Object.fromEntries(Object.keys(grown).map((name) => [name, Math.round(Math.max(...samples.memory.map((sample) => sample[name] ?? 0)))])),
        memoryGrowth: Math.max(...Object.values(grown)), memoryGrowthOf: grown,
      },
      targets: {
        acknowledgedShare: { atLeast: 0.8 }, refusedWithoutTime: { equals: 0 }, unanswered: { equals: 0 }, otherAnswers: { equals: 0 }, lost: { equals: 0 }, crashes: { equals: 0 }, memoryGrowth: { atMost: 1.2 }, lagAfterSeconds: { equals: 0 },
      },
    };
  } finally {
    await stack.dispose();
  }
}

await show({
  name: 'prove overload',
  help: `Finds how many events a second the stack sustains in requests of ${BATCH}, then sends twice as many, whether answers come or not, over up to ${CONNECTIONS} connections. Who is
refused must be told when to come back, and as many as before, or nearly, must be acknowledged; every acknowledged event must be applied; each process's own memory in the last third must be at most 1.2 times that of the
middle third; afterwards nothing lags.`,
  options: { seconds: { type: 'string', help: 'of overload (default 60)' } },
  run: ({ flags }) => measure(Number(flags['seconds'] ?? 60)),
});
