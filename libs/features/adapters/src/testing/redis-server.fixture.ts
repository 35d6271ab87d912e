import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const START_MS = 20_000;
/** A node of a cluster talks to the others on a port that is so much higher. */
const BUS = 10_000;

const isFree = (port: number): Promise<boolean> => new Promise((resolve) => {
  const server = createServer().once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}

/** Waits until something holds; throws after 20 s. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + START_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`It takes too long until ${what}.`);
    await sleep(50);
  }
}

/** A redis-server of its own on a free port of this machine, in a folder of its own. */
export class RedisServer {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'redis-'));

  private constructor(readonly port: number, private readonly options: readonly string[]) {}

  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** Starts it again, with what it has kept. */
  async start(): Promise<void> {
    this.child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', ...this.options], { stdio: 'ignore' });
    await until(`Redis answers at port ${this.port}`, async () => (await this.cli('ping')) === 'PONG');
  }

  async cli(...args: readonly string[]): Promise<string> {
    return (await run('redis-cli', ['-p', String(this.port), ...args])).stdout.trim();
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Three primaries with a replica each. */
export class RedisClusterServers {
  private constructor(readonly servers: readonly RedisServer[]) {}

  get url(): string {
    return `redis-cluster://${this.servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  static async start(): Promise<RedisClusterServers> {
    const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--appendonly', 'yes', '--repl-diskless-sync-delay', '0'];
    const servers: RedisServer[] = [];
    for (let i = 0; i < 6; i++) servers.push(await RedisServer.start(options));
    const cluster = new RedisClusterServers(servers);
    await run('redis-cli', ['--cluster', 'create', ...servers.map(({ port }) => `127.0.0.1:${port}`), '--cluster-replicas', '1', '--cluster-yes']);
    await cluster.settled();
    return cluster;
  }

  /** Waits until every slot is served and every replica follows its primary. */
  async settled(): Promise<void> {
    for (const server of this.servers) {
      await until(`the node at ${server.port} is settled`, async () => {
        const replication = await server.cli('info', 'replication');
        return (await server.cli('cluster', 'info')).includes('cluster_state:ok') && (replication.includes('role:master') || replication.includes('master_link_status:up'));
      });
    }
  }

  /** The primary of a key's slot. */
  async primaryOf(key: string): Promise<RedisServer> {
    const [first] = this.servers;
    const slot = Number(await first!.cli('cluster', 'keyslot', key));
    const nodes = (await first!.cli('cluster', 'nodes')).split('\n').map((line) => line.split(' '));
    const owner = nodes.find(([, , flags, , , , , , ...ranges]) => flags!.includes('master') && ranges.some((range) => {
      const [from, to = from] = range.split('-').map(Number);
      return slot >= from! && slot <= to!;
    }));
    return this.servers.find(({ port }) => owner![1]!.startsWith(`127.0.0.1:${port}@`))!;
  }

  /** Empties every primary. */
  async empty(): Promise<void> {
    for (const server of this.servers) {
      if ((await server.cli('role')).startsWith('master')) await server.cli('flushall');
    }
  }

  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.remove()));
  }
}
