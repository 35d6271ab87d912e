import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RuntimeStatus } from '@serendip/platform-runtimes';
import { EXIT, Failure } from '../commands/failure.js';

/**
 * What runs here, found out by this program in a process of its own: graphics drivers and libraries write their warnings to a process's standard error,
 * past everything that could hold them back. Throws Failure when that process comes to no answer.
 * @param program what is run, with `runtimes --verbose --json`.
 */
export async function checkApart(program = process.argv[1]!): Promise<readonly RuntimeStatus[]> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program, 'runtimes', '--verbose', '--json']);
    return (JSON.parse(stdout) as { readonly runtimes: readonly RuntimeStatus[] }).runtimes;
  } catch (error) {
    const { signal, code } = error as { readonly signal?: string | null; readonly code?: number | string };
    throw new Failure(`The check ended with ${signal ?? (code === undefined ? 'no answer' : `status ${code}`)}: \`serendip runtimes --verbose\` shows what came of it.`, EXIT.refused);
  }
}
