import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS } from '@serendip/shared-identity';
import { epochOf, type OpenLog } from '@serendip/events-domain';
import { LosingProxy, RedisServer } from '@serendip/platform-redis/testing';
import { Redis } from 'ioredis';
import { byPlace, everything, record, textsOf } from '../log-faults.fixture.js';
import { openEventLog } from '../open-event-log.js';
import type { OpenEventLogOptions } from '../open-options.js';

describe('a log whose Redis fails', () => {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function redis(...settings: string[]): Promise<RedisServer> {
    const server = await RedisServer.start(...settings);
    endings.push(() => server.remove());
    return server;
  }

  async function open(url: string, mode: OpenEventLogOptions['mode']): Promise<OpenLog> {
    const log = await openEventLog(url, { mode });
    endings.push(() => log.close());
    return log;
  }

  it.each([
    [['--appendonly', 'no'], 'appendonly is no and must be yes'],
    [['--appendfsync', 'no'], 'appendfsync is no and must be everysec or always'],
    [['--maxmemory-policy', 'allkeys-lru'], 'maxmemory-policy is allkeys-lru and must be noeviction'],
  ])('is refused with %p, whoever opens it', async (settings, fault) => {
    const server = await redis(...settings);
    for (const mode of ['writer', 'reader'] as const) {
      const opening = openEventLog(server.url(), { mode, waitMs: 100 });
      await expect(opening).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'LOG_ENGINE_UNSAFE', message: expect.stringContaining(fault) });
    }
  });

  it('is refused after a restart that made it unsafe', async () => {
    const server = await redis();
    const log = await open(server.url(), 'writer');
    await log.append([record(0, 'a')]);
    await server.kill();
    const unsafe = await RedisServer.start('--port', String(server.port), '--maxmemory-policy', 'allkeys-lru');
    endings.push(() => unsafe.remove());
    await expect(log.append([record(0, 'b')])).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'LOG_ENGINE_UNSAFE' });
  });

  it('says so when there is no Redis, no such database, or no log to read', async () => {
    const server = await redis();
    await expect(openEventLog(server.url(99), { mode: 'writer', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    await expect(openEventLog(server.url(), { mode: 'reader', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_MISSING' });
    await server.kill();
    await expect(openEventLog(server.url(), { mode: 'writer', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
  });

  it('asks for the password of its URL, and tells it to nobody', async () => {
    const server = await redis('--requirepass', 'right');
    const log = await open(`redis://:right@127.0.0.1:${server.port}`, 'writer');
    await log.append([record(0, 'a')]);
    const refused: unknown = await openEventLog(`redis://:wrong-one@127.0.0.1:${server.port}`, { mode: 'writer' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED', message: expect.stringContaining('WRONGPASS') });
    expect(inspect(refused, { depth: 10 })).not.toContain('wrong-one');
    await expect(openEventLog(server.url(), { mode: 'writer' })).rejects.toMatchObject({ reason: 'LOG_FAILED', message: expect.stringContaining('NOAUTH') });
  });

  it('does not double an append or an import batch whose answer was lost', async () => {
    const server = await redis();
    const proxy = await LosingProxy.start(server.port);
    endings.push(() => proxy.close());
    const log = await open(`redis://127.0.0.1:${proxy.port}`, 'writer');
    const { id } = await log.imports.create('t', 'ratings');
    proxy.loseAnswerTo('append-1');
    const positions = await log.append([record(1, 'append-1'), record(1, 'append-2')]);
    proxy.loseAnswerTo('batch-1');
    const batch = { tenant: 't', importId: id, batch: 1, records: [record(1, 'batch-1')], accepted: 1, rejected: 0 };
    expect(await log.imports.append(batch)).toMatchObject({ status: 'applied', state: { lastBatch: 1, accepted: 1 } });
    expect(proxy.lost).toBe(2);
    expect((await log.read(1, 0, everything)).slice(0, 2).map(({ position }) => position)).toEqual(positions);
    expect(await textsOf(log, 1)).toEqual(['append-1', 'append-2', 'batch-1']);
  });

  it('has what it acknowledged once and in order after kill -9 under load, and is followed over that without gaps or repeats', async () => {
    const server = await redis();
    const [log, reader] = [await open(server.url(), 'writer'), await open(server.url(), 'reader')];
    const acknowledged = new Map<number, string>();
    let [writing, settled] = [true, false];
    const lane = async (name: number): Promise<void> => {
      for (let i = 0; writing; i++) {
        const records = [record(i % 3, `${name}.${i}.0`), record(i % 3, `${name}.${i}.1`)];
        const positions = await log.append(records);
        records.forEach(({ partition, bytes }, j) => acknowledged.set(positions[j]! * PARTITIONS + partition, bytes.toString()));
      }
    };
    const followed = new Map<number, string>();
    const follow = async (): Promise<void> => {
      const cursors = [0, 0, 0];
      let ends: readonly number[] = [];
      for (let last = false; !last;) {
        last = settled;
        for (const [partition, cursor] of cursors.entries()) {
          for (const { position, bytes } of await reader.read(partition, cursor, everything)) {
            expect(position).toBeGreaterThanOrEqual(cursors[partition]!);
            cursors[partition] = position + 1;
            followed.set(position * PARTITIONS + partition, Buffer.from(bytes).toString());
          }
        }
        ends = await reader.waitForAppend(ends, 100).catch(() => ends);
      }
    };
    const lanes = Array.from({ length: 20 }, (_, name) => lane(name));
    const following = follow();
    let before = 0;
    for (let kills = 0; kills < 3; kills++) {
      while (acknowledged.size < before + 400) await wait(5);
      await server.kill();
      before = acknowledged.size;
      await server.start();
    }
    while (acknowledged.size < before + 400) await wait(5);
    writing = false;
    await Promise.all(lanes);
    settled = true;
    await following;

    const stored = new Map<number, string>();
    for (const partition of [0, 1, 2]) for (const { position, bytes } of await log.read(partition, 0, everything)) stored.set(position * PARTITIONS + partition, Buffer.from(bytes).toString());
    expect(new Set(stored.values()).size).toBe(stored.size);
    expect(stored).toEqual(new Map([...acknowledged].sort(byPlace)));
    expect(new Map([...followed].sort(byPlace))).toEqual(stored);
    expect(new Set([...stored.keys()].map((at) => epochOf(Math.floor(at / PARTITIONS))))).toEqual(new Set([1, 2, 3, 4]));
    for (const partition of [0, 1, 2]) {
      const texts = await textsOf(log, partition);
      for (let name = 0; name < 20; name++) {
        const own = texts.filter((text) => text.startsWith(`${name}.`)).map((text) => text.split('.').slice(1).map(Number));
        expect(own).toEqual([...own].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
      }
    }
  });

  it('does not double an append that a silent Redis takes after it was sent again', async () => {
    const server = await redis();
    const log = await open(server.url(), 'writer');
    await log.append([record(0, 'before')]);
    server.signal('SIGSTOP');
    const appending = log.append([record(0, 'a')]);
    await wait(6_000);
    server.signal('SIGCONT');
    const [position] = await appending;
    const [next] = await log.append([record(0, 'b')]);
    expect(next).toBe(position! + 1);
    expect(await textsOf(log, 0)).toEqual(['before', 'a', 'b']);
  });

  it('fails appends and waits while Redis is away, and goes on when it is back', async () => {
    const server = await redis();
    const [log, reader] = [await open(server.url(), 'writer'), await open(server.url(), 'reader')];
    await log.append([record(0, 'a')]);
    const ends = await reader.ends();
    await server.kill();
    await expect(log.append([record(0, 'b')])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    await expect(reader.waitForAppend(ends, 50)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    await server.start();
    await log.append([record(0, 'c')]);
    expect((await reader.waitForAppend(ends, 10_000))[0]).toBeGreaterThan(ends[0]!);
    expect(await textsOf(reader, 0)).toEqual(['a', 'c']);
  });

  it('uses no position twice when a restart has lost what came last', async () => {
    const server = await redis();
    const log = await open(server.url(), 'writer');
    await log.append([record(0, 'a')]);
    const putBack = server.snapshot();
    const [lost] = await log.append([record(0, 'lost')]);
    await server.kill();
    putBack();
    await server.start();
    const [next] = await log.append([record(0, 'b')]);
    expect(epochOf(next!)).toBe(epochOf(lost!) + 1);
    expect(await textsOf(log, 0)).toEqual(['a', 'b']);
  });

  it('acknowledges and shows only what as many replicas have as it was told', async () => {
    const server = await redis();
    const lone = openEventLog(`${server.url()}?replicas=1`, { mode: 'writer', waitMs: 0 });
    await expect(lone).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED', message: expect.stringContaining('0 of 1 replicas') });
    const replica = await redis('--replicaof', '127.0.0.1', String(server.port), '--repl-diskless-sync-delay', '0');
    const follower = new Redis(replica.url());
    endings.push(() => follower.disconnect());
    while (!(await follower.info('replication')).includes('master_link_status:up')) await wait(20);
    const log = await open(`${server.url()}?replicas=1`, 'writer');
    await log.append([record(5, 'a')]);
    expect(await follower.xlen('{serendip:log}:events:5')).toBe(1);
    const ends = await log.ends();
    replica.signal('SIGSTOP');
    await expect(log.append([record(5, 'b')])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    expect(await log.ends()).toEqual(ends);
    expect(await textsOf(log, 5)).toEqual(['a']);
    replica.signal('SIGCONT');
    await log.append([record(5, 'c')]);
    expect(await textsOf(log, 5)).toEqual(['a', 'b', 'c']);
  });
});
