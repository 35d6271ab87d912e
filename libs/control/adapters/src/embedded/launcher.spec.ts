import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { findBinaries } from './binaries.js';
import { Launcher } from './launcher.js';

const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a launcher', () => {
  it('runs the packaged programs as whoever this test is, root too', async () => {
    const binaries = await findBinaries();
    const directory = join(folder, 'data');
    mkdirSync(directory, { mode: 0o700 });
    const launcher = Launcher.find(directory, binaries);
    await expect(launcher.run(binaries.initdb, ['--version'])).resolves.toBeUndefined();
    await expect(launcher.run(binaries.postgres, ['-C', 'port', '-D', join(folder, 'nothing')])).rejects.toMatchObject({ stderr: expect.not.stringContaining('root') });
  });

  it('says what to do where root has no other way', () => {
    const missing = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
    const find = (): Launcher => Launcher.find(folder, missing);
    if (process.getuid?.() === 0) expect(find).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'POSTGRES_REFUSES_ROOT' }));
    else expect(find).not.toThrow();
    expect(statSync(folder).mode & 0o700).toBe(0o700);
  });
});
