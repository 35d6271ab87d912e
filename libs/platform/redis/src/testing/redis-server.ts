import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@serendip/platform-grpc/free-port';

const runProgram = promisify(execFile);
const PATIENCE_MS = 20_000;
/** A node of a cluster talks to the others on a port that is so much higher. */
const BUS = 10_000;
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

const running = new Set<ChildProcess>();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/** Runs redis-cli; answers what it printed. */
export async function redisCli(...args: readonly string[]): Promise<string> {
  return (await runProgram('redis-cli', [...args])).stdout.trim();
}

/** Waits until something holds; throws after 20 s. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`It takes too long until ${what}.`);
    await sleep(50);
  }
}

/** A redis-server of its own on this machine, in a folder of its own, that appends to its file on each write unless it is told otherwise. */
export class RedisServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'redis-'));
  private child: ChildProcess | undefined;

  private constructor(readonly port: number, private readonly settings: readonly string[]) {}

  /** Starts one; settings as on its command line, for example `--appendonly`, `no`. Rejects when there is no redis-server here, or it ends. */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort({ beside: BUS }), settings);
    await server.start();
    return server;
  }

  url(database = 0): string {
    return `redis://127.0.0.1:${this.port}/${database}`;
  }

  get isRunning(): boolean {
    return this.child !== undefined && running.has(this.child);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it again with what it has kept; resolves once it takes connections. */
  async start(): Promise<void> {
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, ...DURABLE, ...this.settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    running.add(child);
    const lines: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once('error', () => {
        running.delete(child);
        reject(new Error('There is no redis-server here: install it (apt-get install redis-server).'));
      });
      child.once('exit', () => {
        running.delete(child);
        reject(new Error(`redis-server ended: ${lines.join('\n')}`));
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (lines.push(line) > 50) lines.shift();
        if (line.includes('Ready to accept connections')) resolve();
      });
    });
  }

  cli(...args: readonly string[]): Promise<string> {
    return redisCli('-p', String(this.port), ...args);
  }

  /** Stops it where it is (SIGSTOP), or lets it go on (SIGCONT). */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(name);
  }

  /** Stops it with no time to finish anything. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || !running.has(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
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

  /** Starts another one with a copy of what it has kept; nothing may write to it meanwhile. */
  async copy(): Promise<RedisServer> {
    // What is appended to no file is in none yet.
    await this.cli('SAVE');
    const other = new RedisServer(await freePort({ beside: BUS }), this.settings);
    cpSync(this.folder, other.folder, { recursive: true });
    await other.start();
    return other;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
