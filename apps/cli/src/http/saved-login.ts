import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const login = z.object({ url: z.string(), key: z.string() });

export type Login = z.infer<typeof login>;

/** Where a login is kept, readable by its owner only. */
export const loginFile = (): string => join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'serendip/login.json');

/** The gateway and key of the last login; undefined where there is none. */
export function savedLogin(): Login | undefined {
  try {
    return login.parse(JSON.parse(readFileSync(loginFile(), 'utf8')));
  } catch {
    return undefined;
  }
}

export function saveLogin(saved: Login): void {
  mkdirSync(dirname(loginFile()), { recursive: true, mode: 0o700 });
  // Made anew, since a file that is there keeps its mode, whatever it is.
  forgetLogin();
  writeFileSync(loginFile(), `${JSON.stringify(saved)}\n`, { mode: 0o600, flag: 'wx' });
}

export function forgetLogin(): void {
  rmSync(loginFile(), { force: true });
}
