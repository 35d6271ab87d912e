import { Redis } from 'ioredis';
import { RedisServer, redisCli, until } from './redis-server.js';

const NODES = 6;
const OPTIONS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--appendfsync', 'everysec', '--repl-diskless-sync-delay', '0'];

/** Three primaries with a replica each, as processes of this machine. */
export class RedisClusterServers {
  private constructor(readonly servers: readonly RedisServer[]) {}

  static async start(): Promise<RedisClusterServers> {
    const cluster = new RedisClusterServers(await Promise.all(Array.from({ length: NODES }, () => RedisServer.start(...OPTIONS))));
    await redisCli('--cluster', 'create', ...cluster.servers.map(({ port }) => `127.0.0.1:${port}`), '--cluster-replicas', '1', '--cluster-yes');
    await cluster.settled();
    return cluster;
  }

  get url(): string {
    return `redis-cluster://${this.servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** Waits until every slot is served and every replica follows its primary. */
  async settled(): Promise<void> {
    for (const server of this.servers) {
      await until(`the node at ${server.port} is settled`, async () => {
        const [replication, state] = [await server.cli('info', 'replication'), await server.cli('cluster', 'info')];
        return state.includes('cluster_state:ok') && (/role:master[^]*connected_slaves:1/.test(replication) || replication.includes('master_link_status:up'));
      });
    }
  }

  async primaries(): Promise<readonly RedisServer[]> {
    const roles = await Promise.all(this.servers.map(async (server) => (server.isRunning ? server.cli('role') : '')));
    return this.servers.filter((_, i) => roles[i]!.startsWith('master'));
  }

  /** The primary of a key's slot, as one that runs sees it. */
  async primaryOf(key: string): Promise<RedisServer> {
    const witness = this.servers.findLast(({ isRunning }) => isRunning)!;
    const slot = Number(await witness.cli('cluster', 'keyslot', key));
    const nodes = (await witness.cli('cluster', 'nodes')).split('\n').map((line) => line.split(' '));
    const owner = nodes.find(([, , flags, , , , , , ...ranges]) => flags!.includes('master') && ranges.some((range) => {
      const [from, to = from] = range.split('-').map(Number);
      return slot >= from! && slot <= to!;
    }));
    return this.servers.find(({ port }) => owner?.[1]!.startsWith(`127.0.0.1:${port}@`))!;
  }

  /**
   * Cuts the primary of a key's slot off from its replica and kills it after what is done meanwhile, so that what it commits in between
   * is lost unless it waits for the replica. Answers the killed one once the replica has taken over.
   */
  async losePrimaryOf(key: string, meanwhile: () => Promise<unknown>): Promise<RedisServer> {
    const primary = await this.primaryOf(key);
    const port = /slave0:ip=127.0.0.1,port=(\d+)/.exec(await primary.cli('info', 'replication'))![1];
    const replica = this.servers.find((server) => server.port === Number(port))!;
    replica.signal('SIGSTOP');
    await primary.cli('client', 'kill', 'type', 'replica');
    await meanwhile();
    await primary.kill();
    replica.signal('SIGCONT');
    await until(`the replica of ${primary.port} has taken over`, async () => (await this.primaryOf(key)) === replica);
    return primary;
  }

  /** Moves the slot of a key to another primary; `halfway` runs while half of its keys are there. */
  async moveSlotOf(key: string, halfway: () => Promise<void>): Promise<void> {
    const from = await this.primaryOf(key);
    const to = (await this.primaries()).find((server) => server !== from)!;
    const slot = await from.cli('cluster', 'keyslot', key);
    const [fromId, toId] = [await from.cli('cluster', 'myid'), await to.cli('cluster', 'myid')];
    await to.cli('cluster', 'setslot', slot, 'importing', fromId);
    await from.cli('cluster', 'setslot', slot, 'migrating', toId);
    const client = new Redis(from.port, '127.0.0.1');
    try {
      const keys = (await client.callBuffer('cluster', 'getkeysinslot', slot, 10_000)) as Buffer[];
      const move = (some: readonly Buffer[]): Promise<unknown> => client.call('migrate', '127.0.0.1', to.port, '', 0, 5000, 'KEYS', ...some);
      const half = Math.ceil(keys.length / 2);
      await move(keys.slice(0, half));
      await halfway();
      await move(keys.slice(half));
    } finally {
      client.disconnect();
    }
    for (const server of [to, from]) await server.cli('cluster', 'setslot', slot, 'node', toId);
  }

  /** Empties every primary. */
  async empty(): Promise<void> {
    await Promise.all((await this.primaries()).map((server) => server.cli('flushall')));
  }

  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.remove()));
  }
}
