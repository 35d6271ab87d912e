/** Sends attempts to the gateway, several at a time, and keeps count of what came of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../shared/show.ts';
import type { Attempt } from './attempts.ts';
import { FAULTS, judge, type Fault } from './judge.ts';
import { Wire, type Exchange } from './wire.ts';
import type { Api } from './world.ts';

const AT_ONCE = 8;
const PROBE_EVERY_MS = 100;
const SLOW_MS = 1000;
/** Examples that are shown of each fault and kind. */
const EXAMPLES = 3;

const shown = (bytes: Buffer, most = 400): string => JSON.stringify(bytes.subarray(0, most).toString('latin1')) + (bytes.length > most ? ` … ${bytes.length} bytes` : '');

export class Siege {
  readonly counts: Record<Fault, number> = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  private readonly statuses = new Map<number, number>();
  readonly operations = new Map<string, number>();
  private readonly examples = new Map<string, string[]>();
  private readonly times: number[] = [];
  private readonly wire: Wire;
  private readonly promised: ReadonlySet<string>;
  requests = 0;
  malformed = 0;
  promises = 0;
  slowest: { readonly ms: number; readonly what: string } = { ms: 0, what: '' };

  constructor(url: string, promised: ReadonlySet<string>) {
    this.wire = new Wire(url);
    this.promised = promised;
  }

  /** Resolves when each attempt is answered. */
  async lay(attempts: readonly Attempt[], onProgress: (done: number) => void): Promise<void> {
    let next = 0;
    const send = async (): Promise<void> => {
      for (let at = next++; at < attempts.length; at = next++) {
        const attempt = attempts[at]!;
        this.record(attempt, await this.wire.send(attempt));
        if ((at + 1) % 1000 === 0) onProgress(at + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  }

  close(): void {
    this.wire.close();
  }

  /** Lines that say what came of it: a few of each kind of what was wrong, the slowest answer, how many of each status. */
  *told(): Iterable<string> {
    for (const examples of this.examples.values()) yield* examples;
    yield `the slowest: ${Math.round(this.slowest.ms)} ms, ${this.slowest.what}`;
    yield `answers: ${[...this.statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`).join(', ')}`;
  }

  quantile(p: number): number {
    return quantile(this.times, p);
  }

  private record(attempt: Attempt, exchange: Exchange): void {
    const { findings, isPromise, slowestMs } = judge(attempt, exchange, this.promised);
    this.requests++;
    if (attempt.malformed) this.malformed++;
    if (isPromise) this.promises++;
    this.times.push(slowestMs);
    for (const { status } of exchange.replies) this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (attempt.operation !== '') this.operations.set(attempt.operation, (this.operations.get(attempt.operation) ?? 0) + 1);
    if (slowestMs > this.slowest.ms) this.slowest = { ms: slowestMs, what: `${attempt.kind}, ${attempt.operation}: ${shown(attempt.bytes)}` };
    for (const { fault, what } of findings) {
      this.counts[fault]++;
      const key = `${fault} ${attempt.kind} ${attempt.operation}`;
      const examples = this.examples.get(key) ?? [];
      this.examples.set(key, examples);
      const answer = exchange.replies.at(-1);
      if (examples.length < EXAMPLES) examples.push(`✗ ${fault} (${what}) ${attempt.operation}, ${attempt.kind}: ${shown(attempt.bytes)} → ${answer === undefined ? exchange.failure : `${answer.status} ${shown(answer.body)}`}`);
    }
  }
}

export interface Probes {
  readonly asked: number;
  readonly failed: number;
  readonly degraded: number;
  readonly slowestMs: number;
}

/** Asks for a list as any visitor would, every so often, until it is told to stop. */
export async function probe(api: Api, isOver: () => boolean, onFailure: (what: string) => void): Promise<Probes> {
  const probes = { asked: 0, failed: 0, degraded: 0, slowestMs: 0 };
  for (; !isOver(); await sleep(PROBE_EVERY_MS)) {
    const startedMs = performance.now();
    const outcome = await api.page({ placement: 'home', userId: String(1 + (probes.asked % 200)), limit: 10 }).catch((error: Error) => error);
    const tookMs = performance.now() - startedMs;
    probes.asked++;
    probes.slowestMs = Math.max(probes.slowestMs, tookMs);
    if (!(outcome instanceof Error) && outcome.degraded.length > 0) probes.degraded++;
    if (outcome instanceof Error || tookMs > SLOW_MS) {
      probes.failed++;
      onFailure(outcome instanceof Error ? outcome.message : `${Math.round(tookMs)} ms`);
    }
  }
  return probes;
}
