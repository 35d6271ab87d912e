import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What `stack.json` says of a running stack; shows and tools read it too. */
export interface StackState {
  /** The supervisor's. */
  readonly pid: number;
  readonly ready: boolean;
  readonly gateways: readonly string[];
  readonly keys?: { readonly publishable: string; readonly secret: string };
  readonly databaseUrl: string;
  readonly services: Readonly<Record<string, { readonly pid: number | undefined; readonly port: number; readonly adminPort: number; readonly restarts: number }>>;
}

export function readState(file: string): StackState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackState;
  } catch {
    return undefined;
  }
}

/** Whether a process lives and runs one of our scripts: a number may since belong to somebody else. */
function isOurs(pid: number, script: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(script);
  } catch {
    return false;
  }
}

/** The supervisor that runs on this data directory, if one does. */
export function runningSupervisor(state: StackState | undefined): number | undefined {
  return state !== undefined && state.pid !== process.pid && isOurs(state.pid, 'apps/stack/dist/main.js') ? state.pid : undefined;
}

/** Ends services that a killed supervisor left behind, so that nothing writes beside the new ones. Answers their names. */
export async function endLeftovers(state: StackState | undefined): Promise<readonly string[]> {
  const left = Object.entries(state?.services ?? {}).filter(([, { pid }]) => pid !== undefined && isOurs(pid, '/dist/main.js'));
  for (const [, { pid }] of left) process.kill(pid!, 'SIGKILL');
  while (left.some(([, { pid }]) => isOurs(pid!, '/dist/main.js'))) await sleep(20);
  return left.map(([name]) => name);
}
