import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayClient } from '@serendip/platform-gateway-client';
import { Command } from 'commander';
import { verifyPlan } from '../importing/verify-plan.js';
import { importCommand } from './import-command.js';

type Entity = Record<string, unknown>;

/** What a gateway does with items, users and imports. */
class FakeGateway {
  readonly items = new Map<string, Entity>();
  readonly users = new Map<string, Entity>();
  readonly batches: Entity[][] = [];
  /** Batches whose first event is refused. */
  refuses: (n: number) => boolean = () => false;

  answer(method: string, path: string, body: { items?: Entity[]; users?: Entity[]; events?: Entity[] }): [number, unknown] {
    for (const kind of ['items', 'users'] as const) {
      if (path === `/v1/${kind}:batch`) {
        for (const entity of body[kind]!) if (entity['id'] !== 'refused') this[kind].set(String(entity['id']), entity);
        return [202, { accepted: body[kind]!.length, rejected: body[kind]!.flatMap(({ id }, index) => (id === 'refused' ? [{ index, reason: 'ITEM_INVALID', detail: 'no' }] : [])) }];
      }
      const id = new RegExp(`^/v1/${kind}/([^/]+)$`).exec(path)?.[1];
      if (id !== undefined) return this[kind].has(id) ? [200, { ...this[kind].get(id), extra: 1 }] : [404, { reason: `${kind.slice(0, -1).toUpperCase()}_UNKNOWN` }];
    }
    const user = /^\/v1\/users\/([^/]+)\/events/.exec(path)?.[1];
    if (user !== undefined) return [200, { events: this.batches.flat().filter(({ userId }) => userId === user) }];
    const n = Number(/batches\/(\d+)$/.exec(path)?.[1] ?? 0);
    if (n === this.batches.length + 1) this.batches.push(body.events!);
    if (n > this.batches.length) return [409, { reason: 'IMPORT_BATCH_AHEAD', detail: 'wait' }];
    return [method === 'POST' && path !== '/v1/imports' ? 404 : 200, { id: 'imp_1', lastBatch: this.batches.length, accepted: this.batches.flat().length, rejected: 0, batchRejected: n > 0 && this.refuses(n) ? [{ index: 0, reason: 'EVENT_INVALID', detail: 'no' }] : [] }];
  }
}

let dir = '';
let server: Server;
let url = '';
let gateway: FakeGateway;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'import-command-'));
  gateway = new FakeGateway();
  server = createServer(async (request, response) => {
    const body = await text(request);
    const [status, answer] = gateway.answer(request.method!, request.url!, body === '' ? {} : JSON.parse(body));
    response.writeHead(status).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  process.exitCode = undefined;
  await new Promise((done) => { server.close(done); server.closeAllConnections(); });
  rmSync(dir, { recursive: true });
});

const write = (file: string, lines: readonly string[]): string => {
  writeFileSync(join(dir, file), `${lines.join('\n')}\n`);
  return join(dir, file);
};

async function run(...args: readonly string[]): Promise<string> {
  let printed = '';
  const command = importCommand({ write: (words) => { printed += words; } });
  const own = ['--gateway', url, '--key', 'sk_test', '--rejects', join(dir, 'rejects.jsonl'), '--state-dir', join(dir, 'state')];
  await new Command().exitOverride().enablePositionalOptions().addCommand(command).parseAsync(['import', ...args, ...own], { from: 'user' });
  return printed;
}

const items = (): string => write('items.csv', ['ITEM_ID,TITLE,PRICE', 'a,First,1', 'b,Second,2', 'refused,Third,3']);
const interactions = (count = 1200): string => write('interactions.csv', ['USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP', ...Array.from({ length: count }, (_, i) => `u${i % 7},${i % 2 === 0 ? 'a' : 'b'},View,${1_700_000_000 - i}`), 'u1,a,View,never']);

describe('serendip import', () => {
  it('says in a dry run what would be written and which rows are bad, and writes nothing', async () => {
    const printed = await run('--format', 'personalize', '--file', items(), interactions(), '--dry-run');
    expect(printed).toContain('Would write 3 items, 0 users and 1,200 events (view 1,200) from 2023-11-14');
    expect(printed).toMatch(/interactions\.csv:1202 {2}VALUE_INVALID {2}eventTime: 'never' is no time\./);
    expect(gateway.items.size + gateway.batches.length).toBe(0);
    expect(process.exitCode).toBe(1);
    expect(readFileSync(join(dir, 'rejects.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line))).toMatchObject([{ file: 'interactions.csv', line: 1202, reason: 'VALUE_INVALID' }]);
  });

  it('writes items and events in the order of their times, once, and verifies them', async () => {
    const args = ['--format', 'personalize', '--file', items(), interactions(), '--verify', '--json'];
    const report = JSON.parse(await run(...args));
    expect(report).toMatchObject({ items: 3, events: 1200, sent: 1200, refused: 1, bad: 1, verified: { compared: 10, differences: [] } });
    expect([...gateway.items.keys()]).toEqual(['a', 'b']);
    const times = gateway.batches.flat().map(({ eventTime }) => Number(eventTime));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(readFileSync(join(dir, 'rejects.jsonl'), 'utf8')).toContain('{"file":"items.csv","line":4,"reason":"ITEM_INVALID","detail":"no"}');
    expect(JSON.parse(await run(...args))).toMatchObject({ sent: 0 });
    expect(gateway.batches.flat()).toHaveLength(1200);
    expect(process.exitCode).toBeUndefined();
  });

  it('keeps what it did not accept before it went on, each once, and verifies without it', async () => {
    const args = ['--format', 'personalize', '--file', interactions(), '--verify', '--json'];
    gateway.refuses = (n) => n === 1;
    expect(JSON.parse(await run(...args))).toMatchObject({ refused: 1 });
    gateway.refuses = () => false;
    expect(JSON.parse(await run(...args))).toMatchObject({ refused: 0, sent: 0, verified: { differences: [] } });
    const rejects = readFileSync(join(dir, 'rejects.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { readonly reason: string });
    expect(rejects.map(({ reason }) => reason).sort()).toEqual(['EVENT_INVALID', 'VALUE_INVALID']);
  });

  it('goes on with nothing else than it began with', async () => {
    await run('--format', 'personalize', '--file', interactions());
    await expect(run('--format', 'personalize', '--file', interactions(1201))).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'IMPORT_CHANGED' });
    rmSync(join(dir, 'state'), { recursive: true });
    await expect(run('--format', 'personalize', '--file', interactions())).rejects.toMatchObject({ reason: 'IMPORT_CHANGED', message: expect.stringContaining('copy it') });
    expect(gateway.batches.flat()).toHaveLength(1200);
  });

  it('tells what is not as it should be', async () => {
    const planned = (entity: Entity) => ({ file: 'f', line: 1, entity });
    const viewed = (userId: string) => planned({ type: 'view', userId, itemId: 'a', eventTime: 1_700_000_000_000 });
    const plan = { items: [planned({ id: 'a', price: 2 }), planned({ id: 'gone' })], users: [], events: [viewed('u1'), viewed('u3')], bad: [], ignored: {}, digest: '' };
    gateway.items.set('a', { id: 'a', price: 3 });
    gateway.batches.push([viewed('u1').entity]);
    const client = new GatewayClient({ gateways: [url], key: 'sk_test' });
    expect(await verifyPlan(client, plan, { importId: 'imp_1', refused: new Set(), patienceMs: 0 })).toEqual({
      compared: 5,
      differences: [
        'The import counts 1 events, and there are 2.', '/v1/items/a has price 3, not 2.', '/v1/items/gone is not there.', 'User u3 lacks view of a at 2023-11-14T22:13:20.000Z.',
      ],
    });
  });

  it('says what is missing', async () => {
    await expect(run('--file', items())).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('--format') });
    await expect(run('--format', 'csv', '--file', items())).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('--mapping') });
    await expect(run('--format', 'gorse')).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('--file') });
    await expect(run('--format', 'csv', '--from', url)).rejects.toMatchObject({ exitCode: 2 });
    await expect(run('--format', 'gorse', '--file', join(dir, 'none.jsonl'))).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'DATA_MISSING' });
    expect(existsSync(join(dir, 'rejects.jsonl'))).toBe(false);
  });

  it('still has movielens, with its own options', async () => {
    await expect(run('movielens', join(dir, 'nowhere'))).rejects.toMatchObject({ reason: 'DATA_MISSING' });
  });
});
