import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS } from '@serendip/shared-identity';
import type { LogRecord, StoredRecord } from '../log/event-log.js';
import type { OpenLog } from '../log/open-log.js';
import { epochOf, recordsBetween } from '../log/position.js';
import { importLedgerConformance } from './import-ledger-conformance.js';

/** Where one log lives; each test gets a place of its own, empty. */
export interface LogPlace {
  /** Opens the log to write; a writer that is still open is left as it is, so that this open is an unclean one. */
  writer(): Promise<OpenLog>;
  /** Opens the log to read, as another process would. */
  reader(): Promise<OpenLog>;
  /** Closes and removes everything. */
  remove(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const record = (partition: number, text: string): LogRecord => ({ partition, bytes: encoder.encode(text) });
const texts = (records: readonly StoredRecord[]): string[] => records.map(({ bytes }) => decoder.decode(bytes));
const everything = 1_000_000;

export interface ConformanceOptions {
  /** False leaves out what needs the log to be opened again, and says so. */
  readonly persistent?: boolean;
  /** What begins a new epoch: a writer that finds the log not closed (default), or the engine's own election of a leader. */
  readonly epochs?: 'opened' | 'elected';
}

/** The contract of every event log engine. */
export function eventLogConformance(name: string, openPlace: () => Promise<LogPlace>, options: ConformanceOptions = {}): void {
  describe(`${name}: the event log contract`, () => {
    let place: LogPlace;
    let log: OpenLog;

    beforeEach(async () => {
      place = await openPlace();
      log = await place.writer();
    });
    afterEach(() => place.remove());

    it('answers positions in the order of the records, growing within a partition', async () => {
      const positions = await log.append([record(3, 'a'), record(5, 'b'), record(3, 'c'), record(3, 'd')]);
      expect(positions).toHaveLength(4);
      expect(positions.every((position) => Number.isSafeInteger(position) && position > 0)).toBe(true);
      expect([positions[2]! - positions[0]!, positions[3]! - positions[2]!]).toEqual([1, 1]);
      const stored = await log.read(3, 0, everything);
      expect(stored.map(({ position }) => position)).toEqual([positions[0], positions[2], positions[3]]);
      expect(texts(stored)).toEqual(['a', 'c', 'd']);
      expect(texts(await log.read(5, 0, everything))).toEqual(['b']);
      expect(await log.read(4, 0, everything)).toEqual([]);
    });

    it('keeps the order of each partition over concurrent appends', async () => {
      const partitions = [0, 7, PARTITIONS - 1];
      await Promise.all(Array.from({ length: 50 }, (_, i) => log.append(partitions.flatMap((partition) => [record(partition, `${i}-0`), record(partition, `${i}-1`)]))));
      for (const partition of partitions) {
        const stored = texts(await log.read(partition, 0, everything));
        expect(stored).toEqual(Array.from({ length: 100 }, (_, i) => `${i >> 1}-${i & 1}`));
      }
    });

    it('tells ends after the last durable record, and 0 for an empty partition', async () => {
      expect(await log.ends()).toEqual(new Array(PARTITIONS).fill(0));
      const [first, last] = await log.append([record(1, 'a'), record(1, 'b')]);
      const ends = await log.ends();
      expect(ends[1]).toBe(last! + 1);
      expect(ends[0]).toBe(0);
      expect(recordsBetween(first!, ends[1]!)).toBe(2);
      expect(await log.read(1, ends[1]!, 10)).toEqual([]);
    });

    it('reads from any position, at most as many as asked for', async () => {
      const positions: number[] = [];
      for (let i = 0; i < 20; i++) positions.push(...(await log.append(Array.from({ length: i % 4 }, (_, j) => record(2, `${i}.${j}`)))));
      const all = await log.read(2, 0, everything);
      expect(all.map(({ position }) => position)).toEqual(positions);
      for (let from = 0; from < positions.length; from++) {
        for (const max of [1, 2, 5, 1000]) expect(await log.read(2, positions[from]!, max)).toEqual(all.slice(from, from + max));
      }
      expect(await log.read(2, positions[0]! - 1, 3)).toEqual(all.slice(0, 3));
      expect(await log.read(2, 0, 0)).toEqual([]);
    });

    it('takes records of any size, empty ones too, and keeps what was read valid', async () => {
      const sizes = [0, 1, 100, 5_000, 70_000, 300_000, 3];
      const records = sizes.map((size, i) => ({ partition: 9, bytes: new Uint8Array(size).fill(i + 1) }));
      await log.append(records);
      const stored = await log.read(9, 0, everything);
      for (let i = 0; i < 10; i++) await log.append([record(9, `later ${i}`)]);
      await log.read(9, 0, everything);
      expect(stored.map(({ bytes }) => bytes.length)).toEqual(sizes);
      stored.forEach(({ bytes }, i) => expect(bytes.every((byte) => byte === i + 1)).toBe(true));
    });

    it('appends nothing when there is nothing to append', async () => {
      expect(await log.append([])).toEqual([]);
      expect(await log.ends()).toEqual(new Array(PARTITIONS).fill(0));
    });

    it('shows every reader what was acknowledged', async () => {
      const readers = [await place.reader(), await place.reader()];
      for (let round = 0; round < 5; round++) {
        const positions = await log.append([record(round, `r${round}`), record(0, `all ${round}`)]);
        for (const reader of readers) {
          let ends = await reader.ends();
          while (ends[0]! <= positions[1]!) ends = await reader.waitForAppend(ends, 1_000);
          expect(texts(await reader.read(0, positions[1]!, 10))).toEqual([`all ${round}`]);
        }
      }
    });

    it('wakes who waits for an append, and answers after the time-out when there is none', async () => {
      const reader = await place.reader();
      const ends = await reader.ends();
      const waiting = [log.waitForAppend(ends, 10_000), reader.waitForAppend(ends, 10_000)];
      await log.append([record(4, 'a')]);
      for (const woken of await Promise.all(waiting)) expect(woken[4]).toBeGreaterThan(0);
      const now = await log.ends();
      expect(await reader.waitForAppend(ends, 10_000)).toEqual(now);
      expect(await log.waitForAppend(now, 1)).toEqual(now);
      expect(await reader.waitForAppend(now, 1)).toEqual(now);
      expect(reader.knownEnds()).toEqual(now);
    });

    it('wakes who waits when it is closed, and refuses calls after that', async () => {
      const waiting = log.waitForAppend(await log.ends(), 60_000);
      await log.close();
      await waiting;
      await expect(log.append([record(0, 'a')])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_CLOSED' });
      await expect(log.read(0, 0, 1)).rejects.toMatchObject({ reason: 'LOG_CLOSED' });
      await expect(log.waitForAppend([], 1)).rejects.toMatchObject({ reason: 'LOG_CLOSED' });
      await log.close();
    });

    it('settles appends under way before it is closed', async () => {
      const appends = Array.from({ length: 10 }, (_, i) => log.append([record(i, `${i}`)]));
      await log.close();
      for (const positions of await Promise.all(appends)) expect(positions).toHaveLength(1);
    });

    it('lets trimmed records go and keeps the others', async () => {
      const positions: number[] = [];
      for (let i = 0; i < 30; i++) positions.push(...(await log.append([record(6, `${i}`), record(8, `${i}`)])));
      const before = (await log.read(6, 0, everything))[17]!.position;
      await log.trim(6, before);
      const left = await log.read(6, 0, everything);
      expect(left.length).toBeLessThan(30);
      expect(texts(left.slice(-13))).toEqual(Array.from({ length: 13 }, (_, i) => `${i + 17}`));
      expect(await log.read(8, 0, everything)).toHaveLength(30);
      const [next] = await log.append([record(6, 'next')]);
      expect(next).toBe(left.at(-1)!.position + 1);
    });

    it('keeps committed positions of each group apart', async () => {
      expect(await log.positions.committed('archive')).toEqual(new Array(PARTITIONS).fill(0));
      await log.positions.commit('archive', [{ partition: 1, position: 11 }, { partition: 2, position: 22 }]);
      await log.positions.commit('archive', [{ partition: 2, position: 23 }]);
      await log.positions.commit('other', [{ partition: 1, position: 5 }]);
      const reader = await place.reader();
      expect((await reader.positions.committed('archive')).slice(0, 4)).toEqual([0, 11, 23, 0]);
      await reader.positions.commit('other', [{ partition: 3, position: 7 }]);
      expect((await log.positions.committed('other')).slice(0, 4)).toEqual([0, 5, 0, 7]);
    });

    if (options.persistent !== false) {
      it('keeps everything when it is opened again', async () => {
        const positions = await log.append([record(1, 'a'), record(1, 'b'), record(2, 'c')]);
        await log.positions.commit('g', [{ partition: 1, position: positions[0]! + 1 }]);
        await log.close();
        const again = await place.writer();
        expect(texts(await again.read(1, 0, everything))).toEqual(['a', 'b']);
        expect(await again.ends()).toMatchObject({ 1: positions[1]! + 1, 2: positions[2]! + 1 });
        expect((await again.positions.committed('g'))[1]).toBe(positions[0]! + 1);
        expect(await again.append([record(1, 'd')])).toEqual([positions[1]! + 1]);
      });

      it('goes on when it was not closed, and uses no position twice', async () => {
        const [before] = await log.append([record(1, 'a')]);
        const again = await place.writer();
        const [after] = await again.append([record(1, 'b')]);
        expect(epochOf(after!) - epochOf(before!)).toBe(options.epochs === 'elected' ? 0 : 1);
        expect(after).toBeGreaterThan(before!);
        expect(recordsBetween(before!, after!)).toBe(1);
        const stored = await again.read(1, 0, everything);
        expect(stored.map(({ position }) => position)).toEqual([before, after]);
        expect(texts(stored)).toEqual(['a', 'b']);
        expect(texts(await again.read(1, before! + 1, everything))).toEqual(['b']);
      });

      it('is not torn by two writers', async () => {
        const other = await place.writer();
        const appends = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? log : other).append([record(1, `${i}`), record(1, `${i}+`)]));
        const positions = (await Promise.all(appends)).flat();
        expect(new Set(positions).size).toBe(80);
        const stored = await other.read(1, 0, everything);
        expect(texts(stored).sort()).toEqual(Array.from({ length: 40 }, (_, i) => [`${i}`, `${i}+`]).flat().sort());
      });
    } else {
      it.skip('keeps everything when it is opened again (this log lives in memory)', () => undefined);
    }

    importLedgerConformance(() => ({ place, log }));
  });
}
