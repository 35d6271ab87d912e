/** `npm run bench -- ingest`: events a second through the gateway, by hundreds and one by one, beside what the log's engine appends by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaCluster } from '@serendip/platform-kafka/testing';
import { RedisServer } from '@serendip/platform-redis/testing';
import { EventSender, eventsText } from '../shared/event-sender.ts';
import { caughtUp, featureStoreOf, type FeatureStore } from '../shared/filling.ts';
import { cpuOf } from '../shared/process-cpu.ts';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';
import { StackProcess, pidsOf, type StackState } from '../shared/stack-process.ts';
import { appendRates } from './ingest/raw-append.ts';

const WARM_UP_SECONDS = 5;
const CONNECTIONS = 256;
const PATIENCE_MS = 30_000;
/** About what an event of the sender takes in the log. */
const RECORD_BYTES = 130;

/** How events come: so many in a request, from so many senders that wait for their answers. */
interface Way {
  readonly batch: number;
  readonly senders: number;
}
const WAYS: Readonly<Record<string, Way>> = { hundreds: { batch: 100, senders: 8 }, oneByOne: { batch: 1, senders: 32 } };

interface Run {
  readonly events: number;
  /** Events that were told to come back, by why. */
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** Microseconds of CPU an event, by process. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** Sends for some seconds, and until all of it is applied: what is put off is part of the time. */
async function send(state: StackState, store: FeatureStore, { batch, senders }: Way, seconds: number): Promise<Run> {
  const sender = new EventSender(state, { connections: CONNECTIONS, patienceMs: PATIENCE_MS });
  const pids = pidsOf(state);
  const before = cpuOf(pids);
  const latenciesMs: number[] = [];
  const refused: Record<string, number> = {};
  let events = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: senders }, async () => {
    while (performance.now() - began < seconds * 1000) {
      const text = eventsText(batch);
      const asked = performance.now();
      const { status, reason } = await sender.post(text);
      latenciesMs.push(performance.now() - asked);
      if (status === 202) events += batch;
      else if (status === 429 || status === 503) {
        refused[reason] = (refused[reason] ?? 0) + batch;
        await sleep(100);
      } else throw new Error(`Events were answered ${status} ${reason}.`);
    }
  }));
  await caughtUp(store);
  const tookSeconds = (performance.now() - began) / 1000;
  const after = cpuOf(pids);
  return { events, refused, seconds: tookSeconds, latenciesMs, cpuUs: Object.fromEntries(Object.keys(pids).map((name) => [name, ((after[name]! - before[name]!) * 1000) / events])) };
}

function figuresOf({ events, refused, seconds, latenciesMs, cpuUs }: Run) {
  const used = Object.fromEntries(Object.entries(cpuUs).map(([name, us]) => [name, rounded(us, 1)]).filter(([, us]) => us !== 0));
  return {
    eventsPerSecond: Math.round(events / seconds), p50Ms: rounded(quantile(latenciesMs, 0.5), 1), p99Ms: rounded(quantile(latenciesMs, 0.99), 1), refused,
    cpuUsPerEvent: rounded(Object.values(cpuUs).reduce((sum, us) => sum + us, 0), 1), cpuUs: used,
  };
}

/** A server of the engine: where the stack keeps its data, and where the raw appends and the log beside them go. */
interface Server {
  readonly args: readonly string[];
  readonly beside: { readonly raw: string; readonly log: string };
  /** Empties what is beside. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

async function forget(redis: RedisServer, ...databases: readonly string[]): Promise<void> {
  for (const database of databases) await redis.cli('-n', database, 'flushdb');
}

const servers: Readonly<Record<string, () => Promise<Server | undefined>>> = {
  lmdb: async () => undefined,
  redis: async () => {
    const redis = await RedisServer.start('--appendfsync', 'everysec');
    return { args: ['--log', redis.url(0), '--state', redis.url(1)], beside: { raw: redis.url(2), log: redis.url(3) }, forget: () => forget(redis, '2', '3'), stop: () => redis.remove() };
  },
  kafka: async () => {
    const kafka = await KafkaCluster.start();
    return { args: ['--log', kafka.url('log')], beside: { raw: kafka.url('raw'), log: kafka.url('beside') }, forget: async () => undefined, stop: () => kafka.remove() };
  },
};

const ENGINES = Object.keys(servers);

async function measure(seconds: number, engine: string): Promise<Outcome> {
  const server = await servers[engine]!();
  const stack = new StackProcess({ args: ['--no-demo', '--without', 'trainer,embedding,ranking', ...(server?.args ?? [])] });
  try {
    const rates = await appendRates(RECORD_BYTES, server?.beside);
    await server?.forget();
    note(`${engine} by itself ${Math.round(rates.raw)} records/s, through the log ${Math.round(rates.log)}`);
    const state = await stack.start();
    const store = featureStoreOf(state);
    const runs: Record<string, ReturnType<typeof figuresOf>> = {};
    for (const [name, way] of Object.entries(WAYS)) {
      await send(state, store, way, WARM_UP_SECONDS);
      runs[name] = figuresOf(await send(state, store, way, seconds));
      note(`${name}: ${JSON.stringify(runs[name])}`);
    }
    store.close();
    return {
      figures: { [engine]: { ...runs['hundreds'], rawPerSecond: Math.round(rates.raw), logPerSecond: Math.round(rates.log), ratio: rounded(rates.log / rates.raw, 2) }, oneByOne: runs['oneByOne'] },
      targets: { [`${engine}.eventsPerSecond`]: { atLeast: 20_000 }, [`${engine}.ratio`]: { atLeast: 0.5 } },
    };
  } finally {
    await stack.dispose();
    await server?.stop();
  }
}

await show({
  name: 'bench ingest',
  help: `Events a second through the gateway, from the first request until every event is applied to state: in requests of 100 by ${WAYS['hundreds']!.senders} senders, and one by one
by ${WAYS['oneByOne']!.senders}; each event with an id of its own, so that each is looked up in the dedupe index. Beside it, in turns of a second, what the log's
engine appends of records of ${RECORD_BYTES} bytes by itself, and what it appends through the log that ingestion uses. The senders use the same cores, and so does Redis or Kafka.`,
  options: { seconds: { type: 'string', help: 'seconds of each way that are measured (default 15)' }, engine: { type: 'string', help: `${ENGINES.join(', ')}: for events and, but for kafka, for state (default lmdb)` } },
  run: ({ flags }) => {
    const engine = String(flags['engine'] ?? 'lmdb');
    if (!ENGINES.includes(engine)) throw new Error(`--engine takes one of ${ENGINES.join(', ')}.`);
    return measure(Number(flags['seconds'] ?? 15), engine);
  },
});
