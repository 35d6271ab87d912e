/** CPU that processes have used, from the kernel's own counts (Linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of a process with all its threads, in milliseconds; a tick is 10 ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}

/** What each named process has used. */
export function cpuOf(pids: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]));
}

/** CPU that everything on this machine has used so far, and how much there was to use, in milliseconds. */
export function machineCpu(): { readonly usedMs: number; readonly allMs: number } {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/ +/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, count) => sum + count, 0);
  const [, , , idle = 0, waiting = 0] = ticks;
  return { usedMs: ((all - idle - waiting) / ticksPerSecond) * 1000, allMs: (all / ticksPerSecond) * 1000 };
}

/** One of them, for what is compared by what it costs. */
export const ONE_CORE = '0';
export const EVERY_CORE = `0-${availableParallelism() - 1}`;

/** From now on the threads that processes have run on these cores only, as taskset names them (util-linux). */
export function runOn(cores: string, pids: readonly number[]): void {
  for (const pid of pids) execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, String(pid)]);
}
