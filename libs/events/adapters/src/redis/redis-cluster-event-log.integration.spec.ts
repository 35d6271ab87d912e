import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { epochOf, type OpenLog } from '@serendip/events-domain';
import { eventLogConformance, type LogPlace } from '@serendip/events-domain/testing';
import { RedisClusterServers } from '@serendip/platform-redis/testing';
import { record, textsOf } from '../log-faults.fixture.js';
import { openEventLog } from '../open-event-log.js';
import { LOG_PREFIX } from './log-keys.js';

let cluster: RedisClusterServers;
beforeAll(async () => { cluster = await RedisClusterServers.start(); }, 60_000);
afterAll(() => cluster.remove());

const opened: OpenLog[] = [];
const open = (mode: 'writer' | 'reader', url = cluster.url) => async (): Promise<OpenLog> => {
  opened.push(await openEventLog(url, { mode }));
  return opened.at(-1)!;
};

async function emptied(): Promise<void> {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await cluster.empty();
}

eventLogConformance('RedisEventLog in a cluster', async (): Promise<LogPlace> => ({ writer: open('writer'), reader: open('reader'), remove: emptied }));

describe('a log in a cluster', () => {
  afterEach(emptied);

  it('is found from any of its nodes, and by its own name only', async () => {
    await (await open('writer')()).append([record(3, 'a')]);
    for (const { port } of cluster.servers) expect(await textsOf(await open('reader', `redis-cluster://127.0.0.1:${port}`)(), 3)).toEqual(['a']);
    const dead = 'redis-cluster://127.0.0.1:1';
    expect(await textsOf(await open('reader', `${dead},127.0.0.1:${cluster.servers[4]!.port}`)(), 3)).toEqual(['a']);
    await expect(openEventLog(dead, { mode: 'reader', waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    const alone = openEventLog((await cluster.primaryOf(LOG_PREFIX)).url(), { mode: 'reader', waitMs: 0 });
    await expect(alone).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'LOG_ENGINE_UNSAFE', message: expect.stringContaining('redis-cluster://HOST') });
  });

  it('goes on while its slot moves to another node, and after', async () => {
    const [log, reader] = [await open('writer')(), await open('reader')()];
    await log.append([record(0, 'a'), record(1, 'b')]);
    let appending: Promise<readonly number[]> | undefined;
    await cluster.moveSlotOf(LOG_PREFIX, async () => { appending = log.append([record(0, 'c')]); });
    await appending;
    await log.append([record(0, 'd')]);
    expect(await textsOf(reader, 0)).toEqual(['a', 'c', 'd']);
    expect(await textsOf(reader, 1)).toEqual(['b']);
  });

  it('has what a replica had when its primary was lost, and uses no position twice', async () => {
    const [log, reader] = [await open('writer')(), await open('reader')()];
    await log.append([record(0, 'a')]);
    let lost = NaN;
    const primary = await cluster.losePrimaryOf(LOG_PREFIX, async () => { lost = (await log.append([record(0, 'lost')]))[0]!; });
    const [next] = await log.append([record(0, 'b')]);
    expect(epochOf(next!)).toBe(epochOf(lost) + 1);
    expect(await textsOf(reader, 0)).toEqual(['a', 'b']);
    await primary.start();
    await cluster.settled();
    await log.append([record(0, 'c')]);
    expect(await textsOf(reader, 0)).toEqual(['a', 'b', 'c']);
  });

  it('acknowledges nothing that no replica has when it was told to wait for one', async () => {
    const url = `${cluster.url}?replicas=1`;
    const [log, reader] = [await open('writer', url)(), await open('reader', url)()];
    expect(log.durability).toBe('replicated');
    await log.append([record(0, 'a')]);
    const primary = await cluster.losePrimaryOf(LOG_PREFIX, async () => {
      await expect(log.append([record(0, 'not acknowledged')])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    });
    await primary.start();
    await cluster.settled();
    await log.append([record(0, 'b')]);
    expect(await textsOf(reader, 0)).toEqual(['a', 'b']);
  });
});
