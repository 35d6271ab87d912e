import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DomainError } from '@serendip/shared-errors';
import type { Binaries } from './binaries.js';
import type { Launcher } from './launcher.js';

export const SUPERUSER = 'postgres';
const PASSWORD = 'serendip.password';

interface Tools {
  readonly launcher: Launcher;
  readonly binaries: Binaries;
}

/**
 * Makes a database cluster in a directory that has none, and answers the password of its superuser, which is kept in it. A start that was
 * cut off is done over; what is not ours is left alone. Throws FAILED_PRECONDITION/POSTGRES_DIRECTORY_FOREIGN, INTERNAL/POSTGRES_INIT_FAILED.
 */
export async function openCluster(directory: string, tools: Tools): Promise<string> {
  // Lies beside the directory, which initdb wants empty, and holds the password while the cluster is made.
  const mark = `${directory}.initialising`;
  if (existsSync(mark)) {
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
  } else if (existsSync(join(directory, 'PG_VERSION'))) {
    return existsSync(join(directory, PASSWORD)) ? readFileSync(join(directory, PASSWORD), 'utf8') : renewPassword(directory, tools);
  } else if (readdirSync(directory).length > 0) {
    throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_DIRECTORY_FOREIGN', `'${directory}' holds something else than a Postgres database: name an empty directory.`);
  }
  const password = randomBytes(24).toString('base64url');
  writeSecret(mark, password, tools);
  chmodSync(directory, 0o700);
  await attempt(`initdb failed in ${directory}`, () => tools.launcher.run(tools.binaries.initdb, [
    '--pgdata', directory, '--username', SUPERUSER, `--pwfile=${mark}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C',
  ]));
  writeSecret(join(directory, PASSWORD), password, tools);
  rmSync(mark);
  return password;
}

/** Gives the superuser a new password where the old one was lost; only who owns the files can. */
async function renewPassword(directory: string, tools: Tools): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await attempt(`The password in ${directory} is lost and a new one can't be set`, () =>
    tools.launcher.run(tools.binaries.postgres, ['--single', '-D', directory, 'postgres'], `ALTER ROLE ${SUPERUSER} PASSWORD '${password}'\n`));
  writeSecret(join(directory, PASSWORD), password, tools);
  return password;
}

async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const last = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new DomainError('INTERNAL', 'POSTGRES_INIT_FAILED', `${what}: ${last || String(cause)}`, { cause });
  }
}

function writeSecret(path: string, text: string, { launcher }: Tools): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  launcher.own(path);
}
