/** Starts the stack as a person would, in a folder of its own, and stops it so that nothing stays. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface ServiceState {
  readonly pid: number | undefined;
  readonly port: number;
  readonly adminPort: number;
  readonly restarts: number;
}

export interface StackState {
  readonly pid: number;
  readonly ready: boolean;
  readonly gateways: readonly string[];
  readonly keys: { readonly publishable: string; readonly secret: string };
  readonly services: Readonly<Record<string, ServiceState>>;
}

/** The processes that run, by service. */
export function pidsOf({ services }: StackState): Record<string, number> {
  return Object.fromEntries(Object.entries(services).flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])));
}

/** How often services were started again. */
export function restartsOf({ services }: StackState): number {
  return Object.values(services).reduce((sum, { restarts }) => sum + restarts, 0);
}

export interface StackOptions {
  /** Arguments besides the data directory and free ports. */
  readonly args?: readonly string[];
  /** Kept when it is given; else a new one that is removed at the end. */
  readonly dataDir?: string;
  /** For every service, besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

const START_TIMEOUT_MS = 900_000;

/** A stack that runs as a child of this process. */
export class StackProcess {
  readonly dataDir: string;
  private readonly temporary: boolean;
  private readonly options: StackOptions;
  private child: ChildProcess | undefined;
  private output: string[] = [];

  constructor(options: StackOptions = {}) {
    this.options = options;
    this.temporary = options.dataDir === undefined;
    this.dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'serendip-'));
    // However this process ends, what it started ends too.
    process.once('exit', () => this.killAll());
  }

  /** Starts it and waits until it says ready. */
  async start(): Promise<StackState> {
    const args = [join(root, 'apps/stack/dist/main.js'), '--data-dir', this.dataDir, '--port', '0', '--free-ports', ...(this.options.args ?? [])];
    const child = spawn(process.execPath, ['--no-warnings', ...args], { cwd: root, env: { ...process.env, ...this.options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.output.push(line);
        this.options.onLine?.(line);
      });
    }
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The stack ended while it started:\n${this.output.slice(-30).join('\n')}`);
      const state = this.state();
      if (state?.ready === true && state.pid === child.pid) return state;
      await sleep(50);
    }
    throw new Error(`The stack was not ready in ${START_TIMEOUT_MS / 1000} s:\n${this.output.slice(-30).join('\n')}`);
  }

  /** What runs now. */
  state(): StackState | undefined {
    const file = join(this.dataDir, 'stack.json');
    if (!existsSync(file)) return undefined;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as StackState;
    } catch {
      return undefined;
    }
  }

  /** Ends it as Ctrl-C would, and waits. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
    this.child = undefined;
  }

  /** SIGKILL for the supervisor and everything it started, at once. */
  killAll(): void {
    const pids = [this.child?.pid, ...Object.values(this.state()?.services ?? {}).map(({ pid }) => pid)];
    if (this.child === undefined) return;
    for (const pid of pids) {
      if (pid === undefined) continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    this.child = undefined;
  }

  /** Stops it and removes what it kept, unless the folder was given. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.temporary) rmSync(this.dataDir, { recursive: true, force: true });
  }
}
