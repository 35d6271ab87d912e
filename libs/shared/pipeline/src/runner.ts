import type { Context, Degradation, Stage, StageReport } from './stages.js';

/** Monotonic milliseconds. */
export type Clock = () => number;

/** Kinds of stages that nothing can be waited for in. */
const SYNCHRONOUS = new Set<StageReport['kind']>(['filter', 'selector', 'arranger']);

interface Run<Q, T> {
  readonly kind: StageReport['kind'];
  readonly query: Q;
  /** Candidates that come in. */
  readonly size: number;
  /** Stands in for the result of a stage that is left out. */
  readonly fallback: T;
  /** Candidates that go out. */
  readonly out: (result: T) => number;
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return String(error);
}

/** Runs stages with their deadlines and keeps the record of what they did. */
export class Runner<Q> {
  readonly funnel: StageReport[];
  readonly degraded: Degradation[];

  /** @param before what earlier stages of the same run did. */
  constructor(private readonly context: Context, private readonly clock: Clock, before?: { readonly funnel: readonly StageReport[]; readonly degraded: readonly Degradation[] }) {
    this.funnel = [...(before?.funnel ?? [])];
    this.degraded = [...(before?.degraded ?? [])];
  }

  /** Runs one stage; answers its result, or the fallback when it is disabled, fails or is late. What is synchronous always runs. */
  async run<T>(stage: Stage<Q>, run: Run<Q, T>, work: (context: Context) => Promise<T>): Promise<T> {
    const started = this.clock();
    const report = (result: T, failure?: string): T => {
      const tookMs = this.clock() - started;
      this.funnel.push({ stage: stage.name, kind: run.kind, in: run.size, out: run.out(result), tookMs, ...(failure === undefined ? {} : { failure }) });
      return result;
    };
    try {
      if (stage.enabled?.(run.query) === false) return run.fallback;
      const timed = !SYNCHRONOUS.has(run.kind);
      return report(await (timed ? this.inTime(stage, started, work) : work(this.context)));
    } catch (error) {
      if (stage.required === true) throw error;
      const reason = reasonOf(error);
      this.degraded.push({ stage: stage.name, reason });
      return report(run.fallback, reason);
    }
  }

  private async inTime<T>(stage: Stage<Q>, started: number, work: (context: Context) => Promise<T>): Promise<T> {
    const left = this.context.deadlineMs - started;
    const timeoutMs = Math.min(stage.timeoutMs ?? Infinity, left);
    if (timeoutMs <= 0) throw new Error('DEADLINE_EXCEEDED');
    if (this.context.signal.aborted) throw new Error('CANCELLED');
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    let cancel = (): void => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const end = (reason: string): void => {
          reject(new Error(reason));
          stop.abort();
        };
        cancel = () => end('CANCELLED');
        this.context.signal.addEventListener('abort', cancel, { once: true });
        if (Number.isFinite(timeoutMs)) timer = setTimeout(() => end('DEADLINE_EXCEEDED'), timeoutMs);
        work({ ...this.context, deadlineMs: started + timeoutMs, signal: stop.signal }).then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      this.context.signal.removeEventListener('abort', cancel);
    }
  }
}
