/** Kills (SIGKILL) and stops (SIGSTOP) what it is given at random times, each by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../shared/random.ts';
import type { StackProcess } from '../../shared/stack-process.ts';

/** Something that can be killed and stopped; both resolve once it runs again. */
export interface Target {
  readonly name: string;
  kill(): Promise<void>;
  stop(milliseconds: number): Promise<void>;
}

export type Range = readonly [least: number, most: number];

/** The first fault of a target is one. */
const KILL_SHARE = 0.6;
const STOPPED_MS: Range = [500, 6000];

export const within = ([least, most]: Range, random: Random): number => least + random() * (most - least);

/** A process of the stack, which its supervisor starts again. */
export function serviceTarget(stack: StackProcess, name: string): Target {
  const pid = async (): Promise<number> => {
    for (;;) {
      const found = stack.state()?.services[name]?.pid;
      if (found !== undefined) return found;
      await sleep(20);
    }
  };
  return {
    name,
    async kill() {
      const killed = await pid();
      process.kill(killed, 'SIGKILL');
      while ((await pid()) === killed) await sleep(20);
    },
    async stop(milliseconds) {
      const stopped = await pid();
      process.kill(stopped, 'SIGSTOP');
      await sleep(milliseconds);
      process.kill(stopped, 'SIGCONT');
    },
  };
}

export class Faults {
  /** By target. */
  readonly kills: Record<string, number> = {};
  readonly stops: Record<string, number> = {};
  private readonly random: Random;
  private readonly pausesMs: Range;
  private readonly ending = new AbortController();

  /** @param pausesMs between two faults of one target */
  constructor({ random, pausesMs }: { readonly random: Random; readonly pausesMs: Range }) {
    this.random = random;
    this.pausesMs = pausesMs;
  }

  /** Until `end`; resolves when everything runs. */
  async run(targets: readonly Target[]): Promise<void> {
    await Promise.all(targets.map((target) => this.haunt(target)));
  }

  end(): void {
    this.ending.abort();
  }

  private async haunt(target: Target): Promise<void> {
    const { random, ending: { signal } } = this;
    this.kills[target.name] = this.stops[target.name] = 0;
    for (;;) {
      await sleep(within(this.pausesMs, random), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (this.kills[target.name] === 0 || random() < KILL_SHARE) {
        this.kills[target.name]!++;
        await target.kill();
      } else {
        this.stops[target.name]!++;
        await target.stop(within(STOPPED_MS, random));
      }
    }
  }
}
