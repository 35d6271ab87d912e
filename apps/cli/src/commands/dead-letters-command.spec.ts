import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { deadLettersCommand } from './dead-letters-command.js';
import type { Failure } from './failure.js';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

let server: Server;
let url = '';
let reply: (asked: Asked) => { readonly status: number; readonly body: unknown };
let asked: Asked[];
let printed: string;

beforeEach(async () => {
  asked = [];
  printed = '';
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      asked.push({ method: request.method!, url: request.url!, body: text === '' ? undefined : JSON.parse(text) });
      const { status, body } = reply(asked.at(-1)!);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));

async function run(action: string, ...args: string[]): Promise<string> {
  printed = '';
  const command = deadLettersCommand({ write: (text) => { printed += text; } });
  const quiet = { writeOut: (text: string) => { printed += text; }, writeErr: (text: string) => { printed += text; } };
  for (const each of [command, ...command.commands]) each.configureOutput(quiet);
  const there = action === '--help' ? [] : ['--url', url, '--key', 'sk_test'];
  await new Command().exitOverride().addCommand(command).parseAsync(['dead-letters', action, ...there, ...args], { from: 'user' });
  return printed;
}

const failure = (...args: [string, ...string[]]): Promise<Failure> => run(...args).then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);

const letter = (id: string, more = {}) => ({ id, reason: 'TOO_OLD', detail: 'eventTime is more than 24 hours ago.', count: 1_234, firstAt: '2026-11-01T10:00:00.000Z', lastAt: '2026-11-02T11:12:13.000Z', source: 'ingestion', ...more });

describe('serendip dead-letters', () => {
  it('lists what there is, at most 100 columns wide', async () => {
    reply = () => ({ status: 200, body: { items: [letter(`dl_${'a'.repeat(32)}`), letter(`dl_${'b'.repeat(32)}`, { detail: 'x'.repeat(300) })], totals: { EVENT_INVALID: 3, TOO_OLD: 20 }, nextCursor: 'c' } });
    const lines = (await run('list', '--limit', '2', '--reason', 'TOO_OLD', '--user', 'ann & bob')).trimEnd().split('\n');
    expect(asked).toEqual([{ method: 'GET', url: '/v1/dead-letters?reason=TOO_OLD&userId=ann+%26+bob&limit=2', body: undefined }]);
    expect(lines[0]).toBe('23 dead letters · TOO_OLD 20 · EVENT_INVALID 3');
    expect(lines[3]).toMatch(/^dl_a{32} {2}TOO_OLD +1,234 {2}2026-11-02 11:12$/);
    expect(lines[4]).toBe('  ingestion: eventTime is more than 24 hours ago.');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines.at(-1)).toContain('--limit');
  });

  it('goes on page by page to the limit', async () => {
    reply = ({ url: path }) => {
      const limit = Number(new URL(path, url).searchParams.get('limit'));
      return { status: 200, body: { items: Array.from({ length: limit }, (_, i) => letter(`dl_${i}`)), totals: { TOO_OLD: 1_000 }, nextCursor: 'more' } };
    };
    expect(JSON.parse(await run('list', '--limit', '450', '--json')).items).toHaveLength(450);
    expect(asked.map(({ url: path }) => path)).toEqual(['/v1/dead-letters?limit=200', '/v1/dead-letters?limit=200&cursor=more', '/v1/dead-letters?limit=50&cursor=more']);
  });

  it('says so when there are none', async () => {
    reply = () => ({ status: 200, body: { items: [], totals: {} } });
    expect(await run('list')).toContain('no dead letters');
  });

  it('shows an original', async () => {
    reply = () => ({ status: 200, body: letter('dl_1', { userId: 'ann', original: { type: 'view', itemid: 'a' }, originalFormat: 'json', isCut: false }) });
    const text = await run('show', 'dl_1');
    expect(asked[0]).toMatchObject({ url: '/v1/dead-letters/dl_1' });
    for (const part of ['reason      TOO_OLD', 'user        ann', '"itemid": "a"']) expect(text).toContain(part);
    reply = () => ({ status: 404, body: { reason: 'DEAD_LETTER_UNKNOWN', detail: 'There is no such dead letter.' } });
    expect(await failure('show', 'dl_2')).toMatchObject({ exitCode: 1, message: expect.stringMatching(/DEAD_LETTER_UNKNOWN\n {2}There is no such[^]*dead-letters list/) });
  });

  it('replays, and says what was refused again by how it ends', async () => {
    reply = () => ({ status: 200, body: { replayed: 2, refused: 0, unknown: 0, results: [{ id: 'dl_1', outcome: 'replayed' }, { id: 'dl_2', outcome: 'replayed' }] } });
    expect(await run('replay', 'dl_1', 'dl_2')).toBe('2 replayed, 0 refused again, 0 not there\n');
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/v1/dead-letters:replay', body: { ids: ['dl_1', 'dl_2'] } });
    reply = () => ({ status: 200, body: { replayed: 0, refused: 1, unknown: 0, results: [{ id: 'dl_3', outcome: 'refused', reason: 'TOO_OLD', detail: 'It is too old.' }] } });
    expect(await failure('replay', '--reason', 'TOO_OLD')).toMatchObject({ exitCode: 1, message: expect.stringContaining('1 of 1 were not replayed') });
    expect(printed).toContain('dl_3 TOO_OLD: It is too old.');
    expect(asked[1]).toMatchObject({ body: { reason: 'TOO_OLD' } });
  });

  it('purges what is named, and nothing when nothing is', async () => {
    reply = () => ({ status: 200, body: { purged: 7 } });
    expect(await run('purge', '--all')).toBe('7 removed\n');
    expect(JSON.parse(await run('purge', 'dl_1', '--json'))).toEqual({ purged: 7 });
    await run('purge', '--reason', 'A');
    expect(asked.map(({ body }) => body)).toEqual([{ all: true }, { ids: ['dl_1'] }, { reason: 'A' }]);
    for (const args of [['purge'], ['replay'], ['purge', 'dl_1', '--all'], ['replay', 'dl_1', '--reason', 'A']] as [string, ...string[]][]) expect(await failure(...args)).toMatchObject({ exitCode: 2 });
    expect(asked).toHaveLength(3);
  });

  it('says what to do when there is no gateway, no action, or no understanding', async () => {
    await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
    expect(await failure('list')).toMatchObject({ exitCode: 3, message: expect.stringContaining('npm start') });
    for (const args of [['list', '--limit', '0'], ['show'], ['what']] as [string, ...string[]][]) expect(await failure(...args)).toBeInstanceOf(CommanderError);
    await failure('--help');
    expect(printed).toMatch(/Examples:[^]*serendip dead-letters list[^]*Exit codes/);
  });
});
