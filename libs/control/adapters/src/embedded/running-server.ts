import { readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@serendip/shared-errors';

/** How a server is told who started it; Postgres keeps settings it does not know. */
const OWNER = 'serendip.owner=';
const POLL_MS = 20;
/** How long a leftover may take to end in an orderly way, then at once, milliseconds. */
const PATIENCE_MS = { fast: 10_000, immediate: 5_000 };

export const ownedBy = (pid: number): readonly string[] => ['-c', `${OWNER}${pid}`];

/**
 * Makes a data directory free for a server: ends one that a killed process left behind, and forgets one that is gone. Throws
 * FAILED_PRECONDITION/POSTGRES_IN_USE when whoever started it still lives.
 */
export async function endLeftover(directory: string): Promise<void> {
  const pid = recordedPid(directory);
  if (pid === undefined || !lives(pid)) return; // Postgres itself sees to the file and to memory that is still shared.
  const server = processOf(pid);
  if (!server.args.includes(directory)) {
    // The number belongs to somebody else by now, which would keep Postgres from starting.
    rmSync(pidFile(directory), { force: true });
    return;
  }
  const owner = Number(server.args.find((arg) => arg.startsWith(OWNER))?.slice(OWNER.length));
  if (server.parent === owner) {
    throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_IN_USE', `Process ${owner} runs Postgres on '${directory}': stop it, or use another directory.`);
  }
  await end(pid, () => lives(pid) && processOf(pid).args.includes(directory));
}

async function end(pid: number, remains: () => boolean): Promise<void> {
  const signal = async (name: NodeJS.Signals, patienceMs: number): Promise<boolean> => {
    try {
      process.kill(pid, name);
      // One that was stopped hears nothing else.
      process.kill(pid, 'SIGCONT');
    } catch {
      return true;
    }
    for (let waited = 0; waited < patienceMs; waited += POLL_MS) {
      if (!remains()) return true;
      await sleep(POLL_MS);
    }
    return !remains();
  };
  const ended = (await signal('SIGINT', PATIENCE_MS.fast)) || (await signal('SIGQUIT', PATIENCE_MS.immediate)) || (await signal('SIGKILL', PATIENCE_MS.immediate));
  if (!ended) throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_IN_USE', `The Postgres that an earlier run left behind (process ${pid}) does not end: end it by hand.`);
}

const pidFile = (directory: string): string => join(directory, 'postmaster.pid');

function recordedPid(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(directory), 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Arguments and parent of a process, empty and 0 when it is gone or has ended and waits for its parent. */
function processOf(pid: number): { readonly args: readonly string[]; readonly parent: number } {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // pid (name) state parent: the name may hold anything.
    const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1]);
    return { args, parent };
  } catch {
    if (process.platform === 'linux') return { args: [], parent: 0 };
    const [parent = '', ...args] = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim().split(/\s+/);
    return { args, parent: Number(parent) };
  }
}
