/** A redis-server of its own for a show, which writes its append-only file every second as most run it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export class RedisServer {
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly port: number;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.child = child;
    this.folder = folder;
    this.port = port;
    process.once('exit', () => child.kill('SIGKILL'));
  }

  /** Resolves once it takes connections. Rejects when there is no redis-server on this machine, or it ends. */
  static async start(): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'serendip-redis-'));
    const port = await freePort();
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      child.once('error', () => reject(new Error('There is no redis-server here: install it (apt-get install redis-server).')));
      child.once('exit', (code) => reject(new Error(`redis-server ended with status ${code}.`)));
      createInterface({ input: child.stdout }).on('line', (line) => { if (line.includes('Ready to accept connections')) resolve(); });
    });
    return new RedisServer(child, folder, port);
  }

  url(database: number): string {
    return `redis://127.0.0.1:${this.port}/${database}`;
  }

  /** Empties databases. */
  async forget(...databases: readonly number[]): Promise<void> {
    for (const database of databases) {
      const client = new Redis(this.url(database));
      await client.flushdb();
      await client.quit();
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
