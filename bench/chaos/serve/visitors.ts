/** Clients that ask for recommendations and judge every answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TwoGateways } from './http.ts';

export interface Judged {
  readonly atMs: number;
  readonly failure: string | undefined;
  readonly degraded: readonly string[];
  readonly tookMs: number;
}

const LIMIT = 10;
/** An event must count this long after it was acknowledged, or the answer must say that user state may be old. */
const SEEN_AFTER_MS = 1500;

export class Visitors {
  readonly judged: Judged[] = [];
  private stopped = false;
  private readonly pending = new Set<Promise<void>>();

  private readonly gateways: TwoGateways;
  private readonly users: readonly string[];
  private readonly ineligible: ReadonlySet<string>;
  private readonly seen: ReadonlyMap<string, ReadonlyMap<string, number>>;

  constructor(gateways: TwoGateways, users: readonly string[], ineligible: ReadonlySet<string>, seen: ReadonlyMap<string, ReadonlyMap<string, number>>) {
    this.gateways = gateways;
    this.users = users;
    this.ineligible = ineligible;
    this.seen = seen;
  }

  async run(perSecond: number): Promise<void> {
    let due = performance.now();
    while (!this.stopped) {
      const visit = this.visit();
      this.pending.add(visit);
      void visit.finally(() => this.pending.delete(visit));
      due += 1000 / perSecond;
      await sleep(Math.max(0, due - performance.now()));
    }
    await Promise.all(this.pending);
  }

  stop(): void {
    this.stopped = true;
  }

  private async visit(): Promise<void> {
    const userId = this.users[Math.floor(Math.random() * this.users.length)]!;
    const atMs = performance.now();
    const known = [...(this.seen.get(userId) ?? [])].filter(([, since]) => atMs - since > SEEN_AFTER_MS).map(([item]) => item);
    let degraded: readonly string[] = [];
    let failure: string | undefined;
    try {
      const answer = await this.gateways.send(userId, '/v1/recommendations', { method: 'POST', body: { placement: 'home', userId, limit: LIMIT }, patienceMs: 300, timeoutMs: 990 });
      if (answer.status !== 200) failure = `status ${answer.status}`;
      else {
        degraded = (answer.body.degraded as { stage: string }[]).map(({ stage }) => stage);
        failure = this.fault(answer.body.items.map((item: { id: string }) => item.id), known, degraded);
      }
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    const tookMs = performance.now() - atMs;
    if (failure === undefined && tookMs > 1000) failure = 'later than 1 s';
    this.judged.push({ atMs, failure, degraded, tookMs });
  }

  private fault(items: readonly string[], known: readonly string[], degraded: readonly string[]): string | undefined {
    if (items.length < LIMIT) return `${items.length} items`;
    if (items.some((item) => this.ineligible.has(item))) return 'an ineligible item';
    if (!degraded.includes('user-state') && known.some((item) => items.includes(item))) return 'a seen item';
    return undefined;
  }
}
