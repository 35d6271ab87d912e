/** Kills and stops whatever it is given, one after the other in each target and all targets at once, at random. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../shared/random.ts';
import type { StackProcess } from '../../shared/stack-process.ts';
import type { Work } from './work.ts';

/** Something that can fail, and comes back: both resolve when it works again. */
export interface Target {
  readonly name: string;
  /** What it takes part in. */
  readonly work: Work;
  readonly kill: () => Promise<void>;
  readonly stop: (milliseconds: number) => Promise<void>;
}

export type Range = readonly [least: number, most: number];

/** How long and how hard. */
export interface Siege {
  readonly seconds: number;
  /** Between two faults of a target; at least as long as the first lasted unless the second waits for work, or on a slow machine nothing would ever run. */
  readonly pausesMs: Range;
  /** How often each target must be killed at work: the siege is longer where it has not been. */
  readonly leastKills: number;
  /** Where it gives up. */
  readonly mostSeconds: number;
}

/** The first fault of a target is one. */
const KILL_SHARE = 0.6;
/** Of the faults that come once the target is at work, as long as it was not killed at work often enough. */
const PATIENT_SHARE = 0.7;
/** At work is who has done so many events since its last fault, and one of them just now. */
const LEAST_EVENTS = 500;
const MOST_IDLE_MS = 1000;
const STOPPED_MS: Range = [500, 6000];
const ANSWER_MS = 5000;
const LOOK_MS = 20;

export const within = ([least, most]: Range, random: Random): number => least + random() * (most - least);

/** A process of the stack, which its supervisor starts again. */
export function serviceTarget(stack: StackProcess, name: string, work: Work): Target {
  const isUp = (): Promise<boolean> => (
    fetch(`http://127.0.0.1:${stack.state()?.services[name]?.adminPort}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(({ ok }) => ok, () => false)
  );
  const pid = async (): Promise<number> => {
    for (;;) {
      const found = stack.state()?.services[name]?.pid;
      if (found !== undefined) return found;
      await sleep(LOOK_MS);
    }
  };
  return {
    name,
    work,
    async kill() {
      const killed = await pid();
      process.kill(killed, 'SIGKILL');
      while ((await pid()) === killed || !(await isUp())) await sleep(LOOK_MS);
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
  /** Of the kills, those of a target at work. */
  readonly killsAtWork: Record<string, number> = {};
  private readonly siege: Siege;
  private readonly random: Random;
  private readonly began = performance.now();

  constructor(siege: Siege, random: Random) {
    this.siege = siege;
    this.random = random;
  }

  /** Resolves when the time is over, every target has been killed at work often enough (or there is no time left for it), and everything runs. */
  async run(targets: readonly Target[]): Promise<void> {
    await Promise.all(targets.map((target) => this.haunt(target)));
  }

  /** What was not killed at work often enough, in words; none where nothing is wanting. */
  get wanting(): readonly string[] {
    return Object.entries(this.killsAtWork).filter(([, kills]) => kills < this.siege.leastKills).map(([name, kills]) => `${name} was killed ${kills} times of ${this.siege.leastKills} while it was at work`);
  }

  private get seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  private get isTimeOver(): boolean {
    return this.seconds >= this.siege.seconds;
  }

  private get isGivenUp(): boolean {
    return this.seconds >= this.siege.mostSeconds;
  }

  /** One that has had enough rests once the time is over, so that the others come to work. */
  private async haunt({ name, work, kill, stop }: Target): Promise<void> {
    const { random, siege } = this;
    this.kills[name] = this.stops[name] = this.killsAtWork[name] = 0;
    const isWanting = (): boolean => this.killsAtWork[name]! < siege.leastKills;
    const isOver = (): boolean => this.isGivenUp || (this.isTimeOver && !isWanting());
    for (let [lastedMs, doneBefore] = [0, work.done]; ;) {
      const isAtWork = (): boolean => work.done - doneBefore >= LEAST_EVENTS && work.idleMs <= MOST_IDLE_MS;
      const kills = this.kills[name] === 0 || random() < KILL_SHARE;
      const isPatient = kills && isWanting() && (this.isTimeOver || random() < PATIENT_SHARE);
      await this.until(isOver, Math.max(isPatient ? 0 : lastedMs, within(siege.pausesMs, random)));
      if (isPatient) await this.until(() => isOver() || isAtWork());
      if (isOver()) return;
      const began = performance.now();
      if (kills) {
        this.kills[name]!++;
        if (isAtWork()) this.killsAtWork[name]!++;
        await kill();
      } else {
        this.stops[name]!++;
        await stop(within(STOPPED_MS, random));
      }
      [lastedMs, doneBefore] = [performance.now() - began, work.done];
    }
  }

  private async until(isSo: () => boolean, mostMs = Infinity): Promise<void> {
    const end = performance.now() + mostMs;
    while (!isSo() && performance.now() < end) await sleep(LOOK_MS);
  }
}
