import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { explainCommand } from './explain-command.js';
import { Failure } from './failure.js';

const ANSWER = { recommendationId: 'r', placement: 'item', items: [], experiments: [], models: {}, degraded: [], funnel: [], tookMs: 1 };

let server: Server;
let url = '';
let reply: { readonly status: number; readonly body: unknown };
let asked: { readonly path: string; readonly key: string; readonly body: unknown } | undefined;
let printed = '';

beforeEach(async () => {
  reply = { status: 200, body: ANSWER };
  printed = '';
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked = { path: request.url ?? '', key: request.headers.authorization ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) };
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));

function run(...args: string[]): Promise<unknown> {
  const command = explainCommand({ write: (text) => { printed += text; } }).configureOutput({ writeOut: (text) => { printed += text; }, writeErr: (text) => { printed += text; } });
  return new Command().exitOverride().addCommand(command).parseAsync(['explain', '--url', url, '--key', 'sk_test', ...args], { from: 'user' });
}

const failure = (...args: string[]): Promise<Failure> => run(...args).then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);

describe('serendip explain', () => {
  it('asks as it is told, and leaves no trace', async () => {
    await run('ann', '--placement', 'item', '--items', 'a,b', '--limit', '3', '--filter', 'item.price < 2.0');
    expect(asked).toEqual({
      path: '/v1/recommendations', key: 'Bearer sk_test',
      body: { placement: 'item', limit: 3, userId: 'ann', items: ['a', 'b'], filter: 'item.price < 2.0', fields: ['title'], explain: true, dryRun: true },
    });
    expect(printed).toContain('item for ann');
    await run('somebody', '--anonymous');
    expect(asked!.body).toMatchObject({ anonymousId: 'somebody', placement: 'home' });
    expect(printed).toContain('item for visitor somebody');
  });

  it('prints the record as it is with --json', async () => {
    await run('ann', '--json');
    expect(JSON.parse(printed)).toEqual(ANSWER);
  });

  it('shows where an expression is wrong, and what to do', async () => {
    const errors = [{ path: 'filter', detail: 'There is no attribute \'prise\'.', line: 1, column: 6, position: 5, hint: 'Did you mean \'price\'?' }];
    reply = { status: 400, body: { reason: 'EXPRESSION_INVALID', detail: 'filter: …', errors } };
    const { message, exitCode } = await failure('ann', '--filter', 'item.prise < 2.0');
    expect(message.split('\n')).toEqual(['EXPRESSION_INVALID', '  filter: There is no attribute \'prise\'.', '      item.prise < 2.0', '           ^', '  Did you mean \'price\'?']);
    expect(exitCode).toBe(1);
  });

  it('passes on what the gateway says, with what to do about keys', async () => {
    reply = { status: 404, body: { reason: 'PLACEMENT_UNKNOWN', detail: 'There is no placement \'hom\'. Known: home, item.' } };
    expect((await failure('ann', '--placement', 'hom')).message).toBe('PLACEMENT_UNKNOWN\n  There is no placement \'hom\'. Known: home, item.');
    reply = { status: 403, body: { reason: 'SECRET_KEY_REQUIRED', detail: '`explain` needs a secret key (sk_…).' } };
    expect((await failure('ann')).message).toMatch(/secret key[^]*not a publishable one/);
  });

  it('says at once when no gateway is there, and what to start', async () => {
    await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
    const { message, exitCode } = await failure('ann');
    expect(message).toMatch(/No gateway answers at http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\)\.\n {2}Start one with `npm start`/);
    expect(exitCode).toBe(3);
  });

  it('refuses what it does not understand, with a way to the examples', async () => {
    for (const args of [[], ['ann', '--limit', '0'], ['ann', '--reasons', 'many'], ['ann', '--what']]) expect(await failure(...args)).toBeInstanceOf(CommanderError);
    expect(printed).toContain('serendip explain --help shows examples');
    expect(await failure('ann', '--url', 'nowhere')).toMatchObject({ exitCode: 2 });
    await failure('--help');
    expect(printed).toMatch(/Examples:[^]*serendip explain shopper-0001[^]*Exit codes/);
  });
});
