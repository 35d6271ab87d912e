import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
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

async function run(command: string, url: string, ...args: readonly string[]): Promise<string> {
  let written = '';
  await featuresCommand({ write: (text) => { written += text; } }).parseAsync([command, '--url', url, '--key', 'sk_x', ...args], { from: 'user' });
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
  it('prints one table', async () => {
    const { url } = await gateway({ items: [{ name: 'click_rate', entity: 'item', computed: 'rate', meaning: 'clicks a view' }, { name: 'hour_sin', entity: 'context', computed: 'clock', meaning: 'hour of day' }] });
    expect((await run('list', url)).split('\n')).toEqual([
      'feature     entity   computed  meaning', 'click_rate  item     rate      clicks a view', 'hour_sin    context  clock     hour of day', '2 features: each a float32, 0 where nothing is known', '',
    ]);
  });
});
