import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The secret key of the demo that was started in this folder; undefined where there is none. */
export function demoKey(folder = process.cwd()): string | undefined {
  try {
    const { secret } = JSON.parse(readFileSync(join(folder, '.serendip/demo/keys.json'), 'utf8')) as { secret?: unknown };
    return typeof secret === 'string' ? secret : undefined;
  } catch {
    return undefined;
  }
}
