/** Kills and stops services in random order, and measures how long each takes to come back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackProcess } from '../../shared/stack-process.ts';
import type { Judged, Visitors } from './visitors.ts';

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Fault {
  readonly service: string;
  readonly kind: 'kill' | 'stop';
}

const STOPPED_MS = 10_000;
const CALM_MS = 3000;
const WHOLE_IN_A_ROW = 20;
const MOST_RECOVERY_MS = 60_000;

function shuffled<T>(list: readonly T[]): T[] {
  return list.map((entry) => ({ entry, key: Math.random() })).sort((a, b) => a.key - b.key).map(({ entry }) => entry);
}

export const faultsFor = (services: readonly string[]): Fault[] =>
  shuffled(services.flatMap((service): Fault[] => [{ service, kind: 'kill' }, { service, kind: 'kill' }, { service, kind: 'stop' }]));

/** Finds the first of a row of whole answers to requests that were sent after a time; looks at each answer once. */
class WholeRow {
  private readonly judged: readonly Judged[];
  private readonly fromMs: number;
  private place: number;
  private row = 0;
  private sinceMs = 0;

  constructor(judged: readonly Judged[], fromMs: number) {
    this.judged = judged;
    this.fromMs = fromMs;
    this.place = judged.findLastIndex(({ atMs }) => atMs < fromMs) + 1;
  }

  /** When it began; undefined while there is none. */
  find(): number | undefined {
    while (this.place < this.judged.length && this.row < WHOLE_IN_A_ROW) {
      const { atMs, failure, degraded } = this.judged[this.place++]!;
      if (atMs < this.fromMs) continue;
      if (failure !== undefined || degraded.length > 0) this.row = 0;
      else if (this.row++ === 0) this.sinceMs = atMs;
    }
    return this.row === WHOLE_IN_A_ROW ? this.sinceMs : undefined;
  }
}

export class Faults {
  readonly windows: Window[] = [];
  readonly recoveries: number[] = [];
  readonly kills = new Map<string, number>();

  private readonly stack: StackProcess;
  private readonly visitors: Visitors;
  private readonly say: (line: string) => void;

  constructor(stack: StackProcess, visitors: Visitors, say: (line: string) => void) {
    this.stack = stack;
    this.visitors = visitors;
    this.say = say;
  }

  async inject({ service, kind }: Fault): Promise<void> {
    const pid = await this.pidOf(service);
    const fromMs = performance.now();
    process.kill(pid, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    if (kind === 'kill') {
      this.kills.set(service, (this.kills.get(service) ?? 0) + 1);
      await this.restarted(service, pid);
    } else {
      await sleep(STOPPED_MS);
      process.kill(pid, 'SIGCONT');
    }
    const backMs = performance.now();
    await this.ready(service);
    const wholeMs = await this.recovered(backMs);
    const readyMs = performance.now();
    this.recoveries.push((wholeMs - backMs) / 1000);
    // A service that is still starting is a fault still.
    this.windows.push({ fromMs: fromMs - 50, toMs: Math.max(wholeMs, readyMs) });
    this.say(`${kind === 'kill' ? 'SIGKILL' : 'SIGSTOP 10 s'} ${service}: whole again ${((wholeMs - backMs) / 1000).toFixed(1)} s after it was back`);
    await sleep(CALM_MS);
  }

  private async pidOf(service: string): Promise<number> {
    for (;;) {
      const pid = this.stack.state()?.services[service]?.pid;
      if (pid !== undefined) return pid;
      await sleep(50);
    }
  }

  private async restarted(service: string, before: number): Promise<void> {
    while ((await this.pidOf(service)) === before) await sleep(20);
  }

  /** Waits until a service says that it is ready. */
  private async ready(service: string): Promise<void> {
    const port = this.stack.state()!.services[service]!.adminPort;
    const isReady = (): Promise<boolean> => fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1000) }).then(({ ok }) => ok, () => false);
    while (!(await isReady())) await sleep(50);
  }

  /** Waits for a row of whole answers to requests that were sent after `fromMs`. */
  private async recovered(fromMs: number): Promise<number> {
    const whole = new WholeRow(this.visitors.judged, fromMs);
    for (;;) {
      const since = whole.find();
      if (since !== undefined) return since;
      if (performance.now() - fromMs > MOST_RECOVERY_MS) return performance.now();
      await sleep(100);
    }
  }
}
