/** How much services do, as they tell themselves: whether a fault hits one at work is seen by it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackProcess } from '../../shared/stack-process.ts';

/** What a target has done so far. */
export interface Work {
  /** Events, over all its processes. */
  readonly done: number;
  /** Milliseconds since more was seen to be done. */
  readonly idleMs: number;
}

const LOOK_MS = 250;
const ANSWER_MS = 2000;
/** Counters of events that are durable, and that are applied. */
const COUNTERS = [/^serendip_events_total\{outcome="accepted".*\} (\d+)$/m, /^serendip_state_events_total\{outcome="applied".*\} (\d+)$/m];

/** Counts what happens to something that only grows. */
export class Meter implements Work {
  done = 0;
  private grewAt = -Infinity;

  /** Takes note that so much more was done. */
  add(more: number): void {
    this.done += more;
    if (more > 0) this.grewAt = performance.now();
  }

  get idleMs(): number {
    return performance.now() - this.grewAt;
  }
}

/** All of it together. */
export function sumOf(works: readonly Work[]): Work {
  return {
    get done() { return works.reduce((sum, { done }) => sum + done, 0); },
    get idleMs() { return Math.min(...works.map(({ idleMs }) => idleMs)); },
  };
}

/** A process of a service, and what it has done. */
interface Life {
  readonly pid: number;
  readonly count: number;
}

/** Asks services for their counters, again and again, over all their lives. */
export class ServiceWork {
  private readonly meters = new Map<string, Meter>();
  private readonly stack: StackProcess;
  private isOver = false;
  private following: Promise<unknown> = Promise.resolve();

  constructor(stack: StackProcess) {
    this.stack = stack;
  }

  /** From now on: what was done before is not counted. */
  async start(services: readonly string[]): Promise<void> {
    const lives = await Promise.all(services.map((service) => this.look(service)));
    this.following = Promise.all(services.map((service, i) => this.follow(service, lives[i])));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.following;
  }

  of(service: string): Meter {
    const known = this.meters.get(service) ?? new Meter();
    this.meters.set(service, known);
    return known;
  }

  private async follow(service: string, before: Life | undefined): Promise<void> {
    for (let known = before; !this.isOver; await sleep(LOOK_MS)) {
      const life = await this.look(service);
      if (life === undefined) continue;
      // Each process begins at none.
      this.of(service).add(life.pid === known?.pid ? life.count - known.count : life.count);
      known = life;
    }
  }

  /** None where it does not answer. */
  private async look(service: string): Promise<Life | undefined> {
    const state = this.stack.state()?.services[service];
    const count = state?.pid === undefined ? undefined : await countOf(state.adminPort);
    return count === undefined ? undefined : { pid: state!.pid!, count };
  }
}

async function countOf(adminPort: number): Promise<number | undefined> {
  const text = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) }).then((answer) => answer.text(), () => undefined);
  return text === undefined ? undefined : COUNTERS.reduce((sum, counter) => sum + Number(counter.exec(text)?.[1] ?? 0), 0);
}
