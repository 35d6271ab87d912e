import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEventLog } from './index.js';

describe('openEventLog', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'event-log-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('refuses what is no URL of a log', async () => {
    for (const url of ['lmdb:', 'file:log', 'redis://', 'redis://host/log', 'redis://host?replicas=some', 'redis://host?replica=1', 'redis://host,host', 'redis-cluster://host/1', 'kafka://host', 'kafka:///log', 'kafka://host/two/levels', 'kafka://host,/log', 'kafka://host:port/log', 'kafka://host/log?acks=0', 'kafka://host/log?sasl=plain']) {
      await expect(openEventLog(url, { mode: 'writer' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'LOG_URL_INVALID' });
    }
  });

  it('says when there is no log to read', async () => {
    await expect(openEventLog(`lmdb:${directory}/log`, { mode: 'reader', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_MISSING' });
  });

  it('lets a reader wait for the writer that makes the log', async () => {
    const opening = openEventLog(`lmdb:${directory}/deep/log`, { mode: 'reader' });
    const writer = await openEventLog(`lmdb:${directory}/deep/log`, { mode: 'writer' });
    const reader = await opening;
    const [position] = await writer.append([{ partition: 1, bytes: Buffer.from('a') }]);
    expect((await reader.read(1, 0, 10)).map((record) => record.position)).toEqual([position]);
    await reader.close();
    await writer.close();
  });

  it('does not let a reader write', async () => {
    const writer = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    const reader = await openEventLog(`lmdb:${directory}`, { mode: 'reader' });
    await expect(reader.append([{ partition: 0, bytes: Buffer.from('a') }])).rejects.toMatchObject({ reason: 'LOG_READ_ONLY' });
    await expect(reader.imports.create('t', 'n')).rejects.toMatchObject({ reason: 'LOG_READ_ONLY' });
    await reader.close();
    await writer.close();
  });

  it('refuses records of partitions there are not', async () => {
    const writer = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    for (const partition of [-1, 64, 1.5, NaN]) await expect(writer.append([{ partition, bytes: Buffer.from('a') }])).rejects.toThrow(RangeError);
    await writer.close();
  });

  it('forgets the ends of a log whose data are gone', async () => {
    const first = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    await first.append(Array.from({ length: 10 }, () => ({ partition: 1, bytes: Buffer.from('a') })));
    await first.close();
    rmSync(join(directory, 'data.mdb'));
    rmSync(join(directory, 'lock.mdb'));
    const second = await openEventLog(`lmdb:${directory}`, { mode: 'writer' });
    expect((await second.ends())[1]).toBe(0);
    await second.close();
  });
});
