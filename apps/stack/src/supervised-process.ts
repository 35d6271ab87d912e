import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

export interface ProcessOptions {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly niceness?: number;
  /** Called with each line the process writes. */
  readonly onLine: (name: string, line: string) => void;
  /** Called after each start and each end. */
  readonly onChange: () => void;
}

const NODE_FLAGS = ['--enable-source-maps', '--no-warnings'];
/** Large pages for what glibc allocates, where Linux leaves it to programs: tables are read all over, and finding a page costs more than reading it. Nothing elsewhere. */
const LARGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
const RESTART_DELAYS_MS = [0, 250, 500, 1000, 2000, 4000];
const STABLE_MS = 10_000;
const STOP_MS = 10_000;

/** One service process that is started again whenever it ends, until it is stopped. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private stopping = false;
  private failures = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  private readonly log: WriteStream;
  restarts = -1;

  constructor(private readonly options: ProcessOptions) {
    mkdirSync(dirname(options.logFile), { recursive: true });
    this.log = createWriteStream(options.logFile, { flags: 'a' });
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { name, script, args = [], env, niceness = 0, onLine, onChange } = this.options;
    const started = Date.now();
    // In a process group of its own, so that a terminal's Ctrl-C reaches the supervisor alone, and stops happen in order.
    const child = spawn(process.execPath, [...NODE_FLAGS, script, ...args], {
      env: { ...LARGE_PAGES, ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true,
    });
    this.child = child;
    if (child.pid !== undefined && niceness > 0) setPriority(child.pid, niceness);
    this.restarts++;
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.log.write(`${line}\n`);
        onLine(name, line);
      });
    }
    this.ended = new Promise((resolve) => child.once('exit', (code, signal) => {
      this.child = undefined;
      resolve();
      onChange();
      if (this.stopping) return;
      this.failures = Date.now() - started > STABLE_MS ? 0 : this.failures + 1;
      const delay = RESTART_DELAYS_MS[Math.min(this.failures, RESTART_DELAYS_MS.length - 1)]!;
      onLine(name, JSON.stringify({ level: 'warn', msg: `ended (${signal ?? `status ${code}`}); starting it again${delay > 0 ? ` in ${delay} ms` : ''}` }));
      this.restartTimer = setTimeout(() => this.start(), delay);
    }));
    child.once('error', (error) => onLine(name, JSON.stringify({ level: 'error', msg: `could not be started: ${error.message}` })));
    onChange();
  }

  /** Ends the process: SIGTERM, and SIGKILL when it takes too long. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restartTimer);
    const child = this.child;
    if (child !== undefined) {
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await this.ended;
      clearTimeout(timer);
    }
    this.log.end();
  }

  /** Ends the process and starts it again, with whatever was built since. */
  restart(): void {
    this.failures = 0;
    this.child?.kill('SIGTERM');
  }
}
