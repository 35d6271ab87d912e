/** Feature stores over one Redis for the log and one for the state, without the services around them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { freePort } from '@serendip/platform-grpc/free-port';
import { RedisServer } from '@serendip/platform-redis/testing';
import { features } from '@serendip/shared-contracts';
import type { FeatureStore } from '../../shared/filling.ts';
import { root } from '../../shared/stack-process.ts';

const PATIENCE_MS = 60_000;

export class Replicas {
  private readonly folder = mkdtempSync(join(tmpdir(), 'shards-'));
  private readonly log: RedisServer;
  private readonly state: RedisServer;
  private children: ChildProcess[] = [];
  private clients: FeatureStore[] = [];

  private constructor(log: RedisServer, state: RedisServer) {
    this.log = log;
    this.state = state;
    process.once('exit', () => { for (const child of this.children) child.kill('SIGKILL'); });
  }

  static async open(): Promise<Replicas> {
    return new Replicas(await RedisServer.start('--appendfsync', 'everysec'), await RedisServer.start('--appendonly', 'no'));
  }

  /** Others over copies of what is kept here; none of these may run. */
  async copy(): Promise<Replicas> {
    return new Replicas(await this.log.copy(), await this.state.copy());
  }

  get logUrl(): string {
    return this.log.url(0);
  }

  get stateUrl(): string {
    return this.state.url(0);
  }

  /** Every server, by name. */
  get pids(): Readonly<Record<string, number>> {
    return { redisLog: this.log.pid!, redisState: this.state.pid!, ...Object.fromEntries(this.children.map(({ pid }, i) => [`owner${i + 1}`, pid!])) };
  }

  /** Stops those that run and starts so many; resolves once each has its share. Answers a client of all of them. */
  async run(owners: number): Promise<FeatureStore> {
    await this.stop();
    const ports: number[] = [];
    for (let i = 0; i < owners; i++) {
      const [port, adminPort] = [await freePort(), await freePort()];
      ports.push(port);
      this.children.push(spawn(process.execPath, ['--no-warnings', join(root, 'apps/feature-store/dist/main.js')], {
        env: {
          ...process.env, SERENDIP_HOST: '127.0.0.1', SERENDIP_PORT: String(port), SERENDIP_ADMIN_PORT: String(adminPort), SERENDIP_INGESTION_TARGET: '127.0.0.1:1', SERENDIP_LOG_LEVEL: 'error',
          SERENDIP_LOG: this.logUrl, SERENDIP_STATE: this.stateUrl, SERENDIP_OBJECTS: `file:${this.folder}`,
        },
        stdio: ['ignore', 'inherit', 'inherit'],
      }));
    }
    const client = this.client(`ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
    const end = performance.now() + PATIENCE_MS;
    while (!(await isShared(client, owners))) {
      if (performance.now() > end) throw new Error(`${owners} feature stores did not share the partitions in time.`);
      await sleep(100);
    }
    return client;
  }

  client(target: string): FeatureStore {
    const client = createGrpcClient(features.FeatureStoreService, { target, timeoutMs: 10_000, exchange: true });
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) client.close();
    await Promise.all(this.children.splice(0).map(async (child) => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.log.remove();
    await this.state.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function isShared(client: FeatureStore, owners: number): Promise<boolean> {
  const sizes = await client.getProgress({}).then(({ partitions }) => [...Map.groupBy(partitions, ({ owner }) => owner)].filter(([owner]) => owner !== '').map(([, list]) => list.length), () => []);
  return sizes.length === owners && Math.max(...sizes) - Math.min(...sizes) <= 1 && sizes.reduce((sum, size) => sum + size, 0) === 64;
}
