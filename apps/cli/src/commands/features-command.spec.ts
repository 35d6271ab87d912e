import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FeatureCosts } from '@serendip/ranking-domain';
import { featuresCommand } from './features-command.js';

let server: Server | undefined;
afterEach(() => { server?.closeAllConnections(); server?.close(); });

/** A gateway that answers one after the other, the last for good; what it was asked. */
async function gateway(...answers: readonly object[]): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  server = createServer(({ method, url }, response) => {
    const answer = answers[Math.min(asked.push(`${method} ${url}`), answers.length) - 1]!;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => { server!.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const costs: FeatureCosts = {
  candidates: 500, interactions: 256, items: 10_000, slates: 99, total: 300, byEntity: { candidate: 30, item: 120.4, user: 0.2, cross: 90, context: 1 },
  byPattern: { 'user_count.<type>.<half-life>': 3 }, timeToLive: 12,
};

async function run(command: string, url: string, ...args: readonly string[]): Promise<string> {
  let written = '';
  await featuresCommand({ write: (text) => { written += text; } }, () => costs).parseAsync([command, '--url', url, '--key', 'sk_x', ...args], { from: 'user' });
  return written;
}

const running = { status: 'running', applied: 1, total: 4, startedAt: '2026-11-29T10:00:00.000Z' };
const done = { ...running, status: 'done', applied: 4, endedAt: '2026-11-29T10:00:02.000Z', pausedMs: 12.4 };

describe('serendip features rebuild', () => {
  it('begins one and follows it to its end', async () => {
    const { url, asked } = await gateway(running, running, done);
    expect(await run('rebuild', url, '--json')).toBe(`${JSON.stringify(done, null, 2)}\n`);
    expect(asked).toEqual(['POST /v1/features:rebuild', 'GET /v1/features/rebuild', 'GET /v1/features/rebuild']);
  });

  it('says how it went, and that it failed', async () => {
    expect(await run('rebuild', (await gateway(done)).url)).toBe('  The new state is live: 4 records in 2.0 s; events waited 12 ms for the switch.\n');
    server!.close();
    await expect(run('rebuild', (await gateway({ ...running, status: 'failed', error: 'The disk is full.' })).url)).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('The disk is full.') });
  });
});

describe('serendip features list', () => {
  const items = [
    { name: 'click_rate', entity: 'item', computed: 'rate', meaning: 'clicks a view', timeToLive: { since: 'its last event' } }, { name: 'user_events', entity: 'user', computed: 'last-k', meaning: 'events' },
    { name: 'user_count.<type>.<half-life>', entity: 'user', computed: 'decayed-count', meaning: 'events of a type' },
  ];

  it('prints one table with what each means and costs, and says how that was measured', async () => {
    const { url } = await gateway({ items });
    expect((await run('list', url)).split('\n')).toEqual([
      'feature                        entity  computed         cost  time-to-live since  meaning',
      'click_rate                     item    rate           120 µs  its last event      clicks a view',
      'user_events                    user    last-k         < 1 µs  –                   events',
      'user_count.<type>.<half-life>  user    decayed-count  + 3 µs  –                   events of a type',
      '2 features and 1 patterns of more: each a float32, 0 where nothing is known',
      'cost: microseconds for a slate of 500 candidates; all declared features 300 µs: candidate 30 µs, item 120 µs, user < 1 µs, cross 90 µs, context 1 µs, what they share 58 µs',
      expect.stringContaining('all of its entity cost together'), expect.stringContaining('seen_count@30d: + 12 µs'), expect.stringContaining('made-up data: 10,000 items, a user with 256 interactions'), '',
    ]);
  });

  it('prints the same as JSON', async () => {
    const { url } = await gateway({ items });
    expect(JSON.parse(await run('list', url, '--json'))).toEqual({ items: [{ ...items[0], costMicroseconds: 120.4 }, { ...items[1], costMicroseconds: 0.2 }, { ...items[2], costMicroseconds: 3 }], costs });
  });
});

describe('serendip features show', () => {
  it('prints a value, its status and its age for each feature of each item', async () => {
    const features = [{ name: 'seen_count@2d', value: 0, status: 'OUTSIDE_MAX_AGE', newestAt: '2026-11-26T10:00:00.000Z' }, { name: 'price_log', value: 2.5, status: 'PRESENT' }];
    const { url, asked } = await gateway({ asOf: '2026-11-29T10:00:00.000Z', items: [{ id: 'p-1', features }] });
    expect((await run('show', url, 'ann', 'p-1')).split('\n')).toEqual(['p-1', '  seen_count@2d    0  OUTSIDE_MAX_AGE  3 d ago', '  price_log      2.5  PRESENT', '']);
    expect(asked).toEqual(['POST /v1/features:read']);
  });
});
