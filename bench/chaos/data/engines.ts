/** Where events and state are kept, and what of it can fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaCluster } from '@serendip/platform-kafka/testing';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import type { Random } from '../../shared/random.ts';
import { within, type Range, type Target } from './faults.ts';
import type { Work } from './work.ts';

/** What goes through what an engine consists of. */
export interface EngineWork {
  readonly log: Work;
  readonly state: Work;
}

export interface Engine {
  /** Arguments of the stack. */
  readonly args: readonly string[];
  targets(work: EngineWork): readonly Target[];
  /** Fails in the worst way it knows: it loses what it has committed meanwhile. */
  lose?(meanwhile: () => Promise<unknown>): Promise<void>;
  remove(): Promise<void>;
}

const REPLICAS = ['--feature-stores', '2'];
const AWAY_MS: Range = [0, 1500];

interface Server {
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
}

interface Place {
  readonly name: string;
  readonly work: Work;
  readonly random: Random;
}

function serverTarget(server: Server, { name, work, random }: Place): Target {
  return {
    name,
    work,
    async kill() {
      await server.kill();
      await sleep(within(AWAY_MS, random));
      await server.start();
    },
    async stop(milliseconds) {
      server.signal('SIGSTOP');
      await sleep(milliseconds);
      server.signal('SIGCONT');
    },
  };
}

const brokerOf = (kafka: KafkaCluster): Server => ({ kill: () => kafka.kill(), start: () => kafka.startBroker(), signal: (name) => kafka.signal(name) });

/** The slot of the log is in this key's. */
const LOG_KEY = '{serendip:log}';

/** One node after the other, every second time the one that has the log, and only while every slot has its copy. */
function clusterTarget(cluster: RedisClusterServers, place: Place): Target {
  const some = async (): Promise<Target> => {
    await cluster.settled();
    const primaries = await cluster.primaries();
    const isOfLog = place.random() < 0.5;
    return serverTarget(isOfLog ? await cluster.primaryOf(LOG_KEY) : primaries[Math.floor(place.random() * primaries.length)]!, place);
  };
  return {
    ...place,
    async kill() {
      await (await some()).kill();
      await cluster.settled();
    },
    async stop(milliseconds) {
      await (await some()).stop(milliseconds);
      await cluster.settled();
    },
  };
}

/** A key of a slot that another primary has than the log's, which is not written while its primary has no copy. */
async function keyBesideLog(cluster: RedisClusterServers): Promise<string> {
  const ofLog = await cluster.primaryOf(LOG_KEY);
  for (let n = 0; ; n++) if ((await cluster.primaryOf(`${n}`)) !== ofLog) return `${n}`;
}

const ENGINES = {
  lmdb: async (): Promise<Engine> => ({ args: [], targets: () => [], remove: async () => undefined }),
  redis: async (random: Random): Promise<Engine> => {
    const [log, state] = [await RedisServer.start(), await RedisServer.start()];
    return {
      args: [...REPLICAS, '--log', log.url(), '--state', state.url()],
      targets: (work) => [serverTarget(log, { name: 'log', work: work.log, random }), serverTarget(state, { name: 'state', work: work.state, random })],
      remove: async () => { await Promise.all([log.remove(), state.remove()]); },
    };
  },
  'redis-cluster': async (random: Random): Promise<Engine> => {
    const cluster = await RedisClusterServers.start();
    return {
      args: [...REPLICAS, '--log', `${cluster.url}?replicas=1`, '--state', cluster.url],
      targets: (work) => [clusterTarget(cluster, { name: 'primaries', work: work.state, random })],
      lose: async (meanwhile) => {
        await cluster.settled();
        const lost = await cluster.losePrimaryOf(await keyBesideLog(cluster), meanwhile);
        await lost.start();
        await cluster.settled();
      },
      remove: () => cluster.remove(),
    };
  },
  kafka: async (random: Random): Promise<Engine> => {
    const [log, state] = [await KafkaCluster.start(), await RedisServer.start()];
    return {
      args: [...REPLICAS, '--log', log.url('log'), '--state', state.url()],
      targets: (work) => [serverTarget(brokerOf(log), { name: 'log', work: work.log, random }), serverTarget(state, { name: 'state', work: work.state, random })],
      remove: async () => { await Promise.all([log.remove(), state.remove()]); },
    };
  },
};

export type EngineName = keyof typeof ENGINES;

export const engineNames = Object.keys(ENGINES) as readonly EngineName[];

export const startEngine = (name: EngineName, random: Random): Promise<Engine> => ENGINES[name](random);
