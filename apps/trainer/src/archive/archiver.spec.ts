import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArchiveWriter, ParquetArchive } from '@serendip/events-adapters';
import { ArchivedLog, TRIM_GROUPS } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { openObjectStore } from '@serendip/platform-objects';
import { create, events, fromBinary, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { Archiver } from './archiver.js';
import { trimmablePositions } from './retention.js';

const START_MS = Date.UTC(2026, 10, 29);
const HOUR_MS = 3_600_000;

let directory = '';
let log: InMemoryEventLog;
let nowMs = START_MS;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'archiver-'));
  log = new InMemoryEventLog();
  nowMs = START_MS;
});
afterEach(async () => {
  await log.close();
  rmSync(directory, { recursive: true, force: true });
});

let ids = 0;
const append = (partition: number, count: number) => log.append(Array.from({ length: count }, () => ({
  partition, bytes: toBinary(events.EventSchema, create(events.EventSchema, { eventId: `e${++ids}`, tenant: 't', type: 'click', userId: 'u', eventTimeMs: START_MS, receivedAtMs: nowMs })),
})));

async function anArchiver(options: NonNullable<ConstructorParameters<typeof Archiver>[0]['options']> = {}) {
  const objects = openObjectStore(`file:${directory}`);
  const archive = new ParquetArchive(objects);
  const now = (): number => nowMs;
  const writer = await ArchiveWriter.open({ objects, archive, versions: {}, now });
  return { objects, archive, archiver: new Archiver({ log, objects, positions: log.positions, archive, writer, retention: { ageMs: HOUR_MS, bytes: 1e9 }, now, options }) };
}

/** Follows until something holds. */
async function followUntil(archiver: Archiver, holds: () => Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  const following = archiver.follow(stop.signal);
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await following;
}

describe('the archiver', () => {
  it('archives all there is in commits of bounded size, and goes on there after a restart', async () => {
    await append(1, 25);
    await append(2, 7);
    const first = await anArchiver({ records: 10 });
    expect(await first.archiver.archiveNow()).toBe(4);
    expect((await first.archive.commits()).map(({ records }) => records.rows)).toEqual([10, 10, 10, 2]);
    await append(2, 3);
    const second = await anArchiver({ records: 10 });
    expect(await second.archiver.archiveNow()).toBe(5);
    expect(await second.archiver.archiveNow()).toBe(5);
    const expected = (await log.read(2, 0, 100)).map(({ position }) => position);
    const archived: number[] = [];
    for (let next = 0; archived.length < expected.length;) {
      const page = await second.archive.read(2, next, 100);
      archived.push(...page.records.map(({ position }) => position));
      next = page.next;
    }
    expect(archived).toEqual(expected);
  });

  it('commits when enough waits, or something has waited for long', async () => {
    const { archiver, archive } = await anArchiver({ records: 5, waitMs: HOUR_MS });
    await append(1, 5);
    await followUntil(archiver, async () => (await archive.commits()).length === 1);
    await append(1, 1);
    const stop = new AbortController();
    const following = archiver.follow(stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await archive.commits()).toHaveLength(1);
    stop.abort();
    await following;
    nowMs += HOUR_MS;
    await followUntil(archiver, async () => (await archive.commits()).length === 2);
  });

  it('releases for trimming what was archived longer ago than the retention, and no more', async () => {
    const { archiver, archive } = await anArchiver();
    await append(1, 4);
    await archiver.archiveNow();
    nowMs += 2 * HOUR_MS;
    await append(1, 4);
    await archiver.archiveNow();
    await followUntil(archiver, async () => (await log.positions.committed(TRIM_GROUPS.archived))[1]! > 0);
    const [, trimmable] = await log.positions.committed(TRIM_GROUPS.archived);
    expect(trimmable).toBe((await archive.commits())[0]!.positions[0]!.to);
    await log.trim(1, trimmable!);
    expect(await new ArchivedLog(log, archive).read(1, 0, 3)).toHaveLength(3);
  });

  it('takes out of older commits who was erased since, and leaves nothing of them in newer ones', async () => {
    const { archiver, archive, objects } = await anArchiver();
    const write = (fields: MessageInitShape<typeof events.EventSchema>) => log.append([{ partition: 1, bytes: toBinary(events.EventSchema, create(events.EventSchema, { eventId: `w${++ids}`, tenant: 't', type: 'click', eventTimeMs: START_MS, receivedAtMs: nowMs, ...fields })) }]);
    for (const userId of ['ann-id', 'bob-id', 'ann-id']) await write({ userId });
    await archiver.archiveNow();
    await objects.put('exports/t/ex_1/examples.parquet', Buffer.from('ann-id'));
    await objects.put('exports/other/ex_1/examples.parquet', Buffer.from('somebody'));
    await write({ userId: 'ann-id' });
    await write({ userId: 'ann-id', type: '$erase', payload: { case: 'erase', value: {} } });
    await write({ userId: 'bob-id' });
    await archiver.archiveNow();
    expect(archiver.erased).toMatchObject({ records: 2, files: 2 });
    const { records } = await archive.read(1, 0, 100);
    const { records: newer } = await archive.read(1, (await archive.commits())[1]!.positions[0]!.from, 100);
    expect([...records, ...newer].map(({ bytes }) => fromBinary(events.EventSchema, bytes).userId)).toEqual(['bob-id', 'bob-id']);
    const keys = await objects.list('');
    expect(keys.filter((key) => key.startsWith('exports/'))).toEqual(['exports/other/ex_1/examples.parquet']);
    for (const key of keys) expect(Buffer.from((await objects.get(key))!).includes('ann-id')).toBe(false);
    // The next commit goes on where this one ended, though its last records may be gone.
    expect((await archive.ends())[1]).toBe((await log.ends())[1]);
    await archiver.archiveNow();
    expect(await archive.commits()).toHaveLength(2);
  });

  it('will not archive into the archive of another log', async () => {
    await append(1, 4);
    await (await anArchiver()).archiver.archiveNow();
    log = new InMemoryEventLog();
    await append(1, 1);
    await expect((await anArchiver()).archiver.archiveNow()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'ARCHIVE_OF_ANOTHER_LOG' });
  });
});

describe('what may be trimmed', () => {
  const commit = (n: number, hoursAgo: number, logBytes: number) => ({ committedAt: new Date(START_MS - hoursAgo * HOUR_MS).toISOString(), logBytes, positions: [{ partition: n % 2, from: n * 10, to: n * 10 + 10, records: 10 }] });
  const commits = [commit(0, 9, 100), commit(1, 8, 100), commit(2, 3, 100), commit(3, 1, 100)];
  const positions = (ageMs: number, bytes: number) => trimmablePositions(commits, { ageMs, bytes, nowMs: START_MS });

  it('is what is older than the retention', () => {
    expect(positions(5 * HOUR_MS, Infinity)).toEqual([{ partition: 0, position: 10 }, { partition: 1, position: 20 }]);
    expect(positions(10 * HOUR_MS, Infinity)).toEqual([]);
    expect(positions(0, Infinity)).toEqual([{ partition: 0, position: 30 }, { partition: 1, position: 40 }]);
  });

  it('is what lies beyond the newest bytes', () => {
    expect(positions(Infinity, 250)).toEqual([{ partition: 0, position: 10 }, { partition: 1, position: 20 }]);
    expect(positions(Infinity, 400)).toEqual([]);
    expect(positions(Infinity, 0)).toHaveLength(2);
  });
});
