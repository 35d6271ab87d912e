/** Where events and state are kept, and what of it can fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import type { Random } from '../../shared/random.ts';
import { within, type Range, type Target } from './faults.ts';

export interface Engine {
  /** Arguments of the stack. */
  readonly args: readonly string[];
  readonly targets: readonly Target[];
  /** Fails in the worst way it knows: it loses what it has committed meanwhile. */
  lose?(meanwhile: () => Promise<unknown>): Promise<void>;
  remove(): Promise<void>;
}

const REPLICAS = ['--feature-stores', '2'];
const AWAY_MS: Range = [0, 1500];

function serverTarget(name: string, server: RedisServer, random: Random): Target {
  return {
    name,
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

/** One node after the other, and only while every slot has its copy. */
function clusterTarget(cluster: RedisClusterServers, random: Random): Target {
  const some = async (): Promise<Target> => {
    await cluster.settled();
    const primaries = await cluster.primaries();
    return serverTarget('', primaries[Math.floor(random() * primaries.length)]!, random);
  };
  return {
    name: 'state primaries',
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

const ENGINES = {
  lmdb: async (): Promise<Engine> => ({ args: [], targets: [], remove: async () => undefined }),
  redis: async (random: Random): Promise<Engine> => {
    const [log, state] = [await RedisServer.start(), await RedisServer.start()];
    return {
      args: [...REPLICAS, '--log', log.url(), '--state', state.url()],
      targets: [serverTarget('log', log, random), serverTarget('state', state, random)],
      remove: async () => { await Promise.all([log.remove(), state.remove()]); },
    };
  },
  'redis-cluster': async (random: Random): Promise<Engine> => {
    const [log, cluster] = [await RedisServer.start(), await RedisClusterServers.start()];
    return {
      args: [...REPLICAS, '--log', log.url(), '--state', cluster.url],
      targets: [serverTarget('log', log, random), clusterTarget(cluster, random)],
      lose: async (meanwhile) => {
        await cluster.settled();
        const lost = await cluster.losePrimaryOf('serendip', meanwhile);
        await lost.start();
        await cluster.settled();
      },
      remove: async () => { await Promise.all([log.remove(), cluster.remove()]); },
    };
  },
};

export type EngineName = keyof typeof ENGINES;

export const engineNames = Object.keys(ENGINES) as readonly EngineName[];

export const startEngine = (name: EngineName, random: Random): Promise<Engine> => ENGINES[name](random);
