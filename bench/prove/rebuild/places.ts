/** Where the state is that is made anew: what it holds is read without the platform's code, while nothing runs or while it does. */
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import type { Dump } from './dump.ts';
import { LmdbState } from './lmdb-state.ts';
import { RedisState } from './redis-state.ts';

export interface Place {
  /** Arguments of the stack. */
  readonly args: readonly string[];
  /** Every entry of the live generation. */
  dump(): Promise<Dump>;
  /** How many generations anything is left of. */
  generations(): Promise<number>;
  /** Changes a byte of a user's record in the live generation. */
  damage(): Promise<void>;
  /** Removes the state, while nothing runs. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

const REPLICAS = ['--feature-stores', '2'];

const PLACES = {
  lmdb: async (dataDir: string): Promise<Place> => new LmdbState(dataDir),
  redis: async (): Promise<Place> => {
    const [log, state] = [await RedisServer.start(), await RedisServer.start()];
    return new RedisState({ args: [...REPLICAS, '--log', log.url(), '--state', state.url()], nodes: async () => [state], remove: async () => { await Promise.all([log.remove(), state.remove()]); } });
  },
  'redis-cluster': async (): Promise<Place> => {
    const [log, cluster] = [await RedisServer.start(), await RedisClusterServers.start()];
    return new RedisState({ args: [...REPLICAS, '--log', log.url(), '--state', cluster.url], nodes: () => cluster.primaries(), remove: async () => { await Promise.all([log.remove(), cluster.remove()]); } });
  },
};

export type PlaceName = keyof typeof PLACES;

export const placeNames = Object.keys(PLACES) as readonly PlaceName[];

export const openPlace = (name: PlaceName, dataDir: string): Promise<Place> => PLACES[name](dataDir);
