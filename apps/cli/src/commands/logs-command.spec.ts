import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import type { Failure } from './failure.js';
import { logsCommand } from './logs-command.js';

const NOW = Date.UTC(2026, 10, 29, 12);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-command-'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs/ranking.log'), [at(-3000, 'warn', 'ranking', 'Late.', { tookMs: 120 }), 'FATAL ERROR: heap out of memory', at(-1000, 'info', 'ranking', 'Back.')].join('\n').concat('\n'));
  writeFileSync(join(folder, 'logs/gateway.log'), `${at(-7_200_000, 'error', 'gateway', 'Old.')}\n${at(-2000, 'error', 'gateway', 'Failed.', { err: { stack: 'Error: no\n    at here' } })}\n${at(-500, 'debug', 'gateway', 'Asked.')}\n`);
  writeFileSync(join(folder, 'logs/keys.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (ms: number, level: string, service: string, msg: string, more: object = {}): string => JSON.stringify({ level, time: NOW + ms, service, ...more, msg });

let printed = '';
let complained = '';
async function run(args: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
  printed = '';
  complained = '';
  const write = (text: string): void => { printed += text; };
  const command = logsCommand({ write }, { nowMs: NOW, errors: { write: (text) => { complained += text; } }, ...(signal === undefined ? {} : { signal }) });
  command.configureOutput({ writeOut: write, writeErr: write });
  await new Command().exitOverride().addCommand(command).parseAsync(['logs', ...args, ...(args.includes('--dir') ? [] : ['--dir', join(folder, 'logs')])], { from: 'user' });
  return printed.trimEnd().split('\n');
}
const failure = (running: Promise<unknown>): Promise<Failure> => running.then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);

describe('serendip logs', () => {
  it('merges what services said by time, with what was no JSON beside what went before it', async () => {
    expect(await run([])).toEqual([
      '11:59:57.000 WARN  ranking        Late. tookMs=120', '11:59:57.000 WARN  ranking        FATAL ERROR: heap out of memory', '11:59:58.000 ERROR gateway        Failed.',
      '    Error: no', '        at here', '11:59:59.000 INFO  ranking        Back.',
    ]);
  });

  it('shows some services, some levels, and as far back as it is asked', async () => {
    expect(await run(['gateway', '--since', '1d', '--level', 'error', '--json'])).toEqual([
      JSON.stringify({ time: NOW - 7_200_000, level: 'error', service: 'gateway', msg: 'Old.' }), JSON.stringify({ time: NOW - 2000, level: 'error', service: 'gateway', err: { stack: 'Error: no\n    at here' }, msg: 'Failed.' }),
    ]);
    expect(await run(['--level', 'debug', '--since', '1s'])).toHaveLength(2);
    expect(complained).toBe('');
  });

  it('says beside its output that there is nothing, and how to see more', async () => {
    expect(await run(['--level', 'fatal', '--json'])).toEqual(['']);
    expect(complained).toMatch(/^Nothing of level fatal .*--since/);
  });

  it('follows what is written, whole lines only, and a file that begins anew', async () => {
    const ending = new AbortController();
    const following = run(['--follow', '--since', '0s'], ending.signal);
    const shown = async (what: string): Promise<void> => { while (!printed.includes(what)) await sleep(10); };
    const line = at(1000, 'info', 'gateway', 'Half and half.');
    appendFileSync(join(folder, 'logs/gateway.log'), line.slice(0, 20));
    appendFileSync(join(folder, 'logs/ranking.log'), `${at(500, 'info', 'ranking', 'First.')}\n`);
    await shown('First.');
    appendFileSync(join(folder, 'logs/gateway.log'), `${line.slice(20)}\n`);
    await shown('Half and half.');
    writeFileSync(join(folder, 'logs/ranking.log'), `${at(2000, 'info', 'ranking', 'Anew.')}\n`);
    await shown('Anew.');
    ending.abort();
    expect(await following).toHaveLength(3);
  });

  it('says where logs are when there are none here, and which services there are', async () => {
    expect(await failure(run(['--dir', join(folder, 'nowhere')]))).toMatchObject({ exitCode: 1, message: expect.stringContaining('kubectl logs') });
    expect(await failure(run(['rankng']))).toMatchObject({ exitCode: 2, message: expect.stringContaining('gateway, ranking') });
    expect(await failure(run(['--since', 'yesterday']))).toMatchObject({ code: 'commander.invalidArgument' });
  });
});
