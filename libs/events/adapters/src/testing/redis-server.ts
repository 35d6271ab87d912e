import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A redis-server of its own on this machine, in a folder of its own, that appends to its file on each write; for tests. */
export class RedisServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'redis-log-'));
  private child: ChildProcess | undefined;

  private constructor(readonly port: number, private readonly settings: readonly string[]) {}

  /** Starts one; settings as on its command line, for example `--appendonly`, `no`. */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), settings);
    await server.start();
    return server;
  }

  url(database = 0): string {
    return `redis://127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it again with what it has kept; resolves once it takes connections. */
  async start(): Promise<void> {
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, ...durable, ...this.settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    const lines: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => reject(new Error(`redis-server ended: ${lines.join('\n')}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        if (line.includes('Ready to accept connections')) resolve();
      });
    });
  }

  /** Stops it with no time to finish anything. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  /** Stops it where it is (SIGSTOP), or lets it go on (SIGCONT). */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(name);
  }

  /** Makes a copy of what it has kept; answers what puts that back, while it is stopped. */
  snapshot(): () => void {
    const copy = `${this.folder}-copy`;
    cpSync(this.folder, copy, { recursive: true });
    return () => {
      rmSync(this.folder, { recursive: true });
      renameSync(copy, this.folder);
    };
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }
}
