import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@serendip/shared-errors';
import type { Answered, Asked, GraphSignature, Measured, Placed, Tensors } from './messages.js';

export interface IsolationLimits {
  /** Resident memory of the process, bytes. */
  readonly memoryBytes: number;
  /** Longest wait for one answer, once the runtime is there. */
  readonly timeoutMs: number;
}

export const ISOLATION: IsolationLimits = { memoryBytes: 2 * 2 ** 30, timeoutMs: 20_000 };

/** Longest wait for the runtime, before anything of the model is read: on a busy machine TensorFlow takes its time. */
const PREPARE_MS = 120_000;
const WATCH_MS = 10;
const HEAP_MB = 512;
/** The sources run as they are in tests. */
const PROGRAM = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './process.ts' : './process.js', import.meta.url));

interface Patience {
  readonly ms: number;
  /** What is said of an answer that came later than this. */
  readonly late: string;
}

/**
 * A model in a process of its own: without this one's environment, without leave to write files or start processes, killed when it takes too much
 * memory or time. Every method throws RESOURCE_EXHAUSTED/MODEL_OVER_MEMORY, DEADLINE_EXCEEDED/MODEL_TOO_SLOW, INTERNAL/MODEL_CRASHED, after which
 * there is no process any more, or INVALID_ARGUMENT/MODEL_FAILED with the runtime's words.
 */
export class IsolatedModel {
  private readonly child: ChildProcess;
  private readonly watch: NodeJS.Timeout;
  private ended: DomainError | undefined;
  private fail: (error: DomainError) => void = () => undefined;
  private readonly kill = (): void => void this.child.kill('SIGKILL');
  private peak = 0;

  constructor(private readonly limits: IsolationLimits = ISOLATION) {
    this.child = fork(PROGRAM, [], {
      execArgv: ['--no-warnings', `--max-old-space-size=${HEAP_MB}`, '--permission', '--allow-addons', '--allow-worker', '--allow-fs-read=*'], env: {}, serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.child.on('error', (cause) => this.end('MODEL_CRASHED', `The process of the model could not be used: ${cause.message}.`));
    this.child.on('exit', (code, signal) => this.end('MODEL_CRASHED', `The process of the model ended by itself (${signal ?? `code ${code}`}): the model crashes its runtime.`));
    process.once('exit', this.kill);
    this.watch = setInterval(() => this.watchMemory(), WATCH_MS);
  }

  /** Most resident memory seen, bytes; 0 where the system doesn't tell. */
  get peakBytes(): number {
    return this.peak;
  }

  async load(placed: Placed): Promise<GraphSignature> {
    const { runtime } = placed;
    await this.ask({ kind: 'prepare', runtime }, 'prepared', { ms: PREPARE_MS, late: `${runtime} was not ready in ${PREPARE_MS / 1000} s: this machine is too busy. Push the model once more when it is less so.` });
    return (await this.ask({ kind: 'load', placed }, 'loaded')).signature;
  }

  async run(inputs: Tensors): Promise<Tensors> {
    return (await this.ask({ kind: 'run', inputs }, 'ran')).outputs;
  }

  /** Runs the same inputs over and over for about `seconds`. */
  async measure(inputs: Tensors, seconds: number): Promise<Measured> {
    return (await this.ask({ kind: 'measure', inputs, seconds }, 'measured')).measured;
  }

  close(): void {
    this.end('MODEL_CRASHED', 'The model was closed.');
  }

  private ask<K extends Answered['kind']>(asked: Asked, expected: K, { ms, late }: Patience = this.patience(asked)): Promise<Extract<Answered, { kind: K }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<Answered, { kind: K }>>();
    if (this.ended !== undefined) return Promise.reject(this.ended);
    const timer = setTimeout(() => this.end('MODEL_TOO_SLOW', late), ms);
    const onMessage = (answered: Answered): void => {
      if (answered.kind === expected) resolve(answered as Extract<Answered, { kind: K }>);
      else reject(new DomainError('INVALID_ARGUMENT', 'MODEL_FAILED', answered.kind === 'failed' ? answered.message : `an answer of kind ${answered.kind}`));
    };
    this.fail = reject;
    this.child.once('message', onMessage);
    this.child.send(asked, (error) => { if (error !== null) this.end('MODEL_CRASHED', `The process of the model can't be asked: ${error.message}.`); });
    return promise.finally(() => {
      clearTimeout(timer);
      this.child.off('message', onMessage);
    });
  }

  private patience({ kind }: Asked): Patience {
    const ms = this.limits.timeoutMs;
    return { ms, late: `The model gave no answer in ${ms / 1000} s (${kind}): it may never end.` };
  }

  private end(reason: 'MODEL_CRASHED' | 'MODEL_TOO_SLOW' | 'MODEL_OVER_MEMORY', message: string): void {
    if (this.ended !== undefined) return;
    const codes = { MODEL_CRASHED: 'INTERNAL', MODEL_TOO_SLOW: 'DEADLINE_EXCEEDED', MODEL_OVER_MEMORY: 'RESOURCE_EXHAUSTED' } as const;
    this.ended = new DomainError(codes[reason], reason, message);
    clearInterval(this.watch);
    process.off('exit', this.kill);
    this.kill();
    this.fail(this.ended);
  }

  private watchMemory(): void {
    const bytes = residentBytes(this.child.pid);
    this.peak = Math.max(this.peak, bytes);
    if (bytes > this.limits.memoryBytes) this.end('MODEL_OVER_MEMORY', `The model took more than ${Math.round(this.limits.memoryBytes / 2 ** 20)} MiB of memory: make it, or what it computes in between, smaller.`);
  }
}

/** Resident memory of a process as Linux tells it; 0 elsewhere. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}
