import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@serendip/shared-errors';

const ASSETS = join(dirname(fileURLToPath(import.meta.url)), '../../../assets');
export const PROJECT_KINDS = ['ranker', 'item-encoder'] as const;
export type ProjectKind = (typeof PROJECT_KINDS)[number];

export interface ProjectOptions {
  readonly kind: ProjectKind;
  /** The folder's by default. */
  readonly name?: string | undefined;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Writes the Python project of a model into a new or empty folder. Throws INVALID_ARGUMENT/NAME_INVALID, FAILED_PRECONDITION/FOLDER_NOT_EMPTY. */
export async function writeProject(folder: string, { kind, name = basename(resolve(folder)) }: ProjectOptions): Promise<{ readonly files: readonly string[] }> {
  if (!NAME.test(name)) throw new DomainError('INVALID_ARGUMENT', 'NAME_INVALID', `'${name}' is no model name: lower-case letters, digits and dashes, at most 64. Say --name.`);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new DomainError('FAILED_PRECONDITION', 'FOLDER_NOT_EMPTY', `'${folder}' is not empty: name a new folder.`);
  const template = join(ASSETS, `${kind}-project`);
  const files = (await readdir(template)).sort();
  for (const file of files) await writeFile(join(folder, file), (await readFile(join(template, file), 'utf8')).replaceAll('{{name}}', name));
  return { files };
}
