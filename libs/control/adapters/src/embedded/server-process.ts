import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';
import type { Binaries } from './binaries.js';
import type { Launcher } from './launcher.js';
import { ownedBy } from './running-server.js';

/** A small server that is safe against crashes: fsync stays on, and nobody but this machine reaches it. */
const SETTINGS = [
  'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=30', 'shared_buffers=32MB', 'max_wal_size=256MB',
  'wal_level=minimal', 'max_wal_senders=0', 'log_min_messages=warning',
];
const POLL_MS = 10;
const STOP_MS = { fast: 5_000, immediate: 2_000 };
/** What connections that come too early or stay too long are told; no news to anybody. */
const NO_NEWS = /starting up|shutting down|administrator command/;

export interface ServerOptions {
  readonly directory: string;
  readonly port: number;
  readonly launcher: Launcher;
  readonly binaries: Binaries;
  readonly logger: { warn(message: string): void };
}

/** One run of the server, from its start to its end. */
export class ServerProcess {
  private said = '';
  readonly ended: Promise<void>;

  private constructor(private readonly child: ChildProcess, { logger }: ServerOptions) {
    this.ended = once(child, 'exit').then(() => undefined, (error: Error) => { this.said += error.message; });
    child.stderr!.on('data', (chunk: Buffer) => {
      const text = chunk.toString().trim();
      this.said = `${this.said}\n${text}`.slice(-4_000);
      if (/FATAL|PANIC/.test(text) && !NO_NEWS.test(text)) logger.warn(text);
    });
  }

  /** Starts it and resolves when it takes connections, rejects when it ends before. Throws UNAVAILABLE/POSTGRES_NOT_STARTED. */
  static async start(options: ServerOptions, deadlineMs: number): Promise<ServerProcess> {
    const { directory, port, launcher, binaries } = options;
    const args = ['-D', directory, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting]), ...ownedBy(process.pid)];
    // Not of our group: Ctrl-C is for who started it to pass on, once the services are down.
    const server = new ServerProcess(launcher.spawn(binaries.postgres, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true }), options);
    while (!server.isReady(directory)) {
      const late = Date.now() > deadlineMs;
      if (late) await server.stop();
      if (late || server.hasEnded) throw new DomainError('UNAVAILABLE', 'POSTGRES_NOT_STARTED', `Postgres did not start on '${directory}': ${server.lastWords}`);
      await sleep(POLL_MS);
    }
    return server;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What it said last before it ended. */
  get lastWords(): string {
    return this.said.trim().split('\n').findLast((line) => /FATAL|PANIC/.test(line)) ?? (this.said.trim().split('\n').at(-1) || 'no answer');
  }

  /** Ends connections and writes everything; at once, leaving the rest to recovery, if that takes too long. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGINT');
    const timers = [setTimeout(() => this.child.kill('SIGQUIT'), STOP_MS.fast), setTimeout(() => this.child.kill('SIGKILL'), STOP_MS.fast + STOP_MS.immediate)];
    await this.ended;
    timers.forEach(clearTimeout);
  }

  private get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The server's own word, in the last line of its pid file, as pg_ctl reads it. */
  private isReady(directory: string): boolean {
    try {
      const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
      return Number(lines[0]) === this.child.pid && lines[7]?.trim() === 'ready';
    } catch {
      return false;
    }
  }
}
