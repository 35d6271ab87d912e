import { fstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkApart } from './check-apart.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'check-apart-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const program = (code: string): string => {
  const path = join(folder, 'program.mjs');
  writeFileSync(path, code);
  return path;
};

describe('a check in a process of its own', () => {
  it('answers what was found, and lets nothing of what was written besides through', async () => {
    const [answer] = await checkApart(program(`
      import { fstatSync } from 'node:fs';
      process.stderr.write('Warning: no Vulkan');
      console.log(JSON.stringify({ runtimes: [{ asked: process.argv.slice(2), standardError: fstatSync(2).ino }] }));
    `)) as unknown as readonly { readonly asked: readonly string[]; readonly standardError: number }[];
    expect(answer!.asked).toEqual(['runtimes', '--verbose', '--json']);
    expect(answer!.standardError).not.toBe(fstatSync(2).ino);
  });

  it('fails when a driver takes the process with it, or writes into its answer', async () => {
    for (const [code, how] of [['console.log("Vulkan!"); console.log("{}")', 'no answer'], ['process.kill(process.pid, "SIGSEGV"); await new Promise(() => setInterval(() => undefined, 1000))', 'SIGSEGV'], ['process.exit(7)', 'status 7']] as const) {
      await expect(checkApart(program(code))).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining(`The check ended with ${how}`) });
    }
  });
});
