import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StoredRecord } from '../log/event-log.js';
import { positionOf } from '../log/position.js';
import { InMemoryEventLog } from '../testing/in-memory-event-log.js';
import { InMemoryLogArchive } from '../testing/in-memory-log-archive.js';
import { ArchivedLog } from './archived-log.js';

const PARTITION = 5;

/** A log whose writer was not always closed cleanly: its positions jump to new epochs. */
class EpochsLog extends InMemoryEventLog {
  constructor(private readonly epochs: readonly number[]) {
    super();
  }

  override async read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]> {
    const records = await super.read(partition, 0, Infinity);
    return records.map(({ position, bytes }) => ({ position: this.shifted(position), bytes })).filter(({ position }) => position >= from).slice(0, max);
  }

  override async ends(): Promise<readonly number[]> {
    return (await super.ends()).map((end) => (end === 0 ? 0 : this.shifted(end - 1) + 1));
  }

  override async trim(partition: number, before: number): Promise<void> {
    const at = (await this.read(partition, 0, Infinity)).findIndex(({ position }) => position >= before);
    const unshifted = await super.read(partition, 0, Infinity);
    await super.trim(partition, at < 0 ? Infinity : unshifted[at]!.position);
  }

  private shifted(position: number): number {
    const sequence = position - positionOf(1, 0);
    return positionOf(1 + this.epochs.filter((at) => at <= sequence).length, sequence);
  }
}

async function everything(log: { read: EpochsLog['read'] }, from: number, page: number): Promise<string[]> {
  const read: string[] = [];
  for (let next = from; ;) {
    const records = await log.read(PARTITION, next, page);
    if (records.length === 0) return read;
    expect(records.length).toBeLessThanOrEqual(page);
    read.push(...records.map(({ position, bytes }) => `${position}:${bytes[0]}`));
    next = records.at(-1)!.position + 1;
  }
}

const cuts = fc.record({
  count: fc.integer({ min: 0, max: 40 }), epochs: fc.array(fc.nat(40), { maxLength: 4 }), archived: fc.array(fc.nat(40), { maxLength: 5 }), trimmed: fc.nat(40), from: fc.nat(41), page: fc.integer({ min: 1, max: 12 }),
  erased: fc.array(fc.nat(40), { maxLength: 6 }),
});

describe('a log with its archive', () => {
  it('reads like the log before it was trimmed, wherever it was archived and trimmed, and whatever was erased there', async () => {
    await fc.assert(fc.asyncProperty(cuts, async ({ count, epochs, archived, trimmed, from, page, erased }) => {
      const log = new EpochsLog(epochs);
      for (let i = 0; i < count; i++) await log.append([{ partition: PARTITION, bytes: Uint8Array.of(i) }]);
      const all = await log.read(PARTITION, 0, Infinity);
      const archive = new InMemoryLogArchive();
      let done = 0;
      for (const cut of [...archived].sort((a, b) => a - b)) {
        const part = all.slice(done, cut);
        if (part.length > 0) archive.keep(PARTITION, part, part.at(-1)!.position + 1);
        done = Math.max(done, Math.min(cut, count));
      }
      const gone = Math.min(trimmed, done);
      if (gone > 0) await log.trim(PARTITION, all[gone - 1]!.position + 1);
      archive.erase(PARTITION, ({ bytes }) => !erased.includes(bytes[0]!));
      const start = from < count ? all[from]!.position : from === 40 ? 0 : (all.at(-1)?.position ?? 0) + 1;
      const expected = all.filter(({ position, bytes }, i) => position >= start && !(i < gone && erased.includes(bytes[0]!)));
      const joined = await everything(new ArchivedLog(log, archive), start, page);
      // What was erased in the archive stays in the log's tail until it is trimmed, so a page may show it from there.
      expect(joined.filter((record) => expected.some(({ position, bytes }) => record === `${position}:${bytes[0]}`))).toEqual(joined);
      expect(joined).toEqual(expect.arrayContaining(expected.filter(({ bytes }) => !erased.includes(bytes[0]!)).map(({ position, bytes }) => `${position}:${bytes[0]}`)));
      if (erased.length === 0) expect(joined).toEqual(expected.map(({ position, bytes }) => `${position}:${bytes[0]}`));
    }), { numRuns: 500 });
  });

  it('goes on where an engine lost its newest records and their sequences are used again in a new epoch', async () => {
    const log = new InMemoryEventLog();
    const newer = [{ position: positionOf(2, 3), bytes: Uint8Array.of(1) }];
    const joined = new ArchivedLog(Object.assign(log, { read: async () => newer, ends: async () => new Array<number>(64).fill(positionOf(2, 4)) }), new InMemoryLogArchive());
    expect(await joined.read(PARTITION, positionOf(1, 7), 10)).toEqual(newer);
  });

  it('says so when records are in neither', async () => {
    const log = new InMemoryEventLog();
    await log.append([1, 2, 3].map((n) => ({ partition: PARTITION, bytes: Uint8Array.of(n) })));
    const archive = new InMemoryLogArchive();
    archive.keep(PARTITION, (await log.read(PARTITION, 0, 1)), positionOf(1, 1));
    await log.trim(PARTITION, positionOf(1, 2));
    const joined = new ArchivedLog(log, archive);
    expect(await joined.read(PARTITION, 0, 10)).toHaveLength(1);
    await expect(joined.read(PARTITION, positionOf(1, 1), 10)).rejects.toMatchObject({ code: 'DATA_LOSS', reason: 'LOG_INCOMPLETE' });
    expect(await joined.read(PARTITION, positionOf(1, 2), 10)).toHaveLength(1);
  });
});
