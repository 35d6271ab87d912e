import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayClient } from '@serendip/platform-gateway-client';
import { importMovieLens } from './import-movielens.js';
import { readMovieLens } from './movielens.js';

let dir = '';
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'movielens-')); });
afterEach(() => rmSync(dir, { recursive: true }));

const write = (file: string, text: string): void => writeFileSync(join(dir, file), text, 'latin1');

function write1m(ratings = '2::1::4::200\n1::2::5::100\n1::1::3::300\n'): void {
  write('movies.dat', '1::Toy Story (1995)::Animation|Comedy\n2::Mis\u00e9rables, Les (1998)::Drama\n');
  write('users.dat', '1::F::1::10::48067\n2::M::56::16::70072\n');
  write('ratings.dat', ratings);
}

describe('readMovieLens', () => {
  it('reads the 1M format in event-time order, with accents', () => {
    write1m();
    const { format, films, viewers, ratings } = readMovieLens(dir);
    expect(format).toBe('1m');
    expect(films[1]).toEqual({ id: '2', title: 'Misérables, Les (1998)', categories: ['Drama'], attributes: { year: 1998 } });
    expect(viewers[0]!.attributes).toEqual({ gender: 'F', age: 'under 18', occupation: 'occupation-10' });
    expect([...ratings.timesMs]).toEqual([100_000, 200_000, 300_000]);
    expect([...ratings.userIds]).toEqual([1, 2, 1]);
  });

  it('reads the 100K format', () => {
    write('u.genre', 'unknown|0\nAction|1\nComedy|2\n');
    write('u.item', '1|Toy Story (1995)|01-Jan-1995||http://x|0|0|1\n');
    write('u.data', '196\t1\t3\t881250949\n');
    expect(readMovieLens(dir)).toMatchObject({ format: '100k', films: [{ title: 'Toy Story (1995)', categories: ['Comedy'] }] });
  });

  it('keeps going past lines that are no ratings and says where they are', () => {
    write1m('1::1::5::100\nnonsense\n1::x::5::100\n1::2::5::50\n');
    const { ratings, bad } = readMovieLens(dir);
    expect(ratings.userIds).toHaveLength(2);
    expect(bad.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('names what is missing', () => {
    expect(() => readMovieLens(join(dir, 'nowhere'))).toThrow('There is no folder');
    expect(() => readMovieLens(dir)).toThrow('neither MovieLens 1M');
  });
});

describe('importMovieLens', () => {
  let server: Server;
  let url = '';
  /** A gateway that fails every third request and applies batches by number. */
  const seen = { requests: 0, batches: new Map<number, unknown[]>(), lastBatch: 0 };

  beforeEach(async () => {
    Object.assign(seen, { requests: 0, batches: new Map(), lastBatch: 0 });
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => { text += chunk; });
      request.on('end', () => {
        const answer = (status: number, body: unknown): void => { response.writeHead(status).end(JSON.stringify(body)); };
        if (++seen.requests % 3 === 0) return answer(503, { reason: 'LOG_SLOW', detail: 'again' });
        const n = Number(/batches\/(\d+)$/.exec(request.url!)?.[1] ?? 0);
        if (n > 0) {
          if (n > seen.lastBatch + 1) return answer(409, { reason: 'IMPORT_BATCH_AHEAD', detail: 'wait' });
          const applied = n === seen.lastBatch + 1;
          if (applied) seen.batches.set(seen.lastBatch = n, JSON.parse(text).events);
          return answer(200, { id: 'i', lastBatch: seen.lastBatch, rejected: 0, applied, batchRejected: [] });
        }
        if (request.url!.endsWith(':batch')) return answer(202, { accepted: 2, rejected: [] });
        return answer(200, { id: 'i', lastBatch: seen.lastBatch, rejected: 0 });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const run = async (resend = false) => {
    const client = new GatewayClient({ gateways: [url], key: 'sk_test', tries: 30 });
    return importMovieLens(client, {
      dir, name: undefined, shiftTimes: true, rejects: join(dir, 'rejects.jsonl'), stateDir: join(dir, 'state'), resend, onProgress: () => undefined, nowMs: 1_000_000,
    });
  };

  it('sends every rating once in order through failures, shifted so that the newest is now', async () => {
    write1m(Array.from({ length: 1700 }, (_, i) => `1::${i + 1}::5::${i}`).join('\n'));
    expect(await run()).toMatchObject({ events: 1700, sent: 1700, rejected: 0 });
    const events = [...seen.batches.values()].flat() as { itemId: string; eventTime: number }[];
    expect(events.map(({ itemId }) => Number(itemId))).toEqual(Array.from({ length: 1700 }, (_, i) => i + 1));
    expect(events.at(-1)!.eventTime).toBe(1_000_000);
  });

  it('sends nothing more when it is run again', async () => {
    write1m();
    await run();
    expect((await run()).sent).toBe(0);
    expect((await run(true)).sent).toBe(3);
    expect(seen.batches.size).toBe(1);
  });
});
