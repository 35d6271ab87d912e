import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEAD_LETTER_LIMITS, deadLetterIdOf, type Refusal } from '../dead-letters/dead-letter.js';
import type { DeadLetterQuery, DeadLetterStore } from '../dead-letters/dead-letter-store.js';

const encoder = new TextEncoder();
const NOW = 1_790_000_000_000;

/** A refusal of this text, with what is given. */
function refusal(text: string, more: Partial<Refusal> = {}): Refusal {
  return { tenant: 't', source: 'ingestion', reason: 'TYPE_INVALID', detail: 'type must …', userId: 'ann', original: encoder.encode(text), atMs: NOW, ...more };
}

const idOf = (text: string, tenant = 't'): string => deadLetterIdOf(tenant, encoder.encode(text));

/** Where dead letters are kept, to be opened and opened again. */
export interface DeadLetterPlaceForTests {
  open(): Promise<DeadLetterStore>;
  /** Closes what was opened and opens it again; undefined for a store that does not outlive its process. */
  readonly reopen: (() => Promise<DeadLetterStore>) | undefined;
  remove(): Promise<void>;
}

/** The suite that every store of dead letters passes. */
export function deadLetterStoreConformance(name: string, openPlace: () => Promise<DeadLetterPlaceForTests>): void {
  describe(`${name} as a store of dead letters`, () => {
    let place: DeadLetterPlaceForTests;
    let store: DeadLetterStore;
    beforeEach(async () => {
      place = await openPlace();
      store = await place.open();
    });
    afterEach(() => place.remove());

    const pages = async (query: DeadLetterQuery, tenant = 't'): Promise<string[][]> => {
      const found: string[][] = [];
      let after: string | undefined;
      do {
        const page = await store.list(tenant, { ...query, ...(after === undefined ? {} : { after }) });
        found.push(page.letters.map(({ original }) => new TextDecoder().decode(original)));
        after = page.next;
      } while (after !== undefined);
      return found;
    };

    it('keeps what was refused as it came', async () => {
      const place = { partition: 3, position: 2 ** 40 + 7 };
      expect(await store.add([refusal('a'), refusal('\0\xff', { source: 'log', reason: 'RECORD_UNREADABLE', userId: '', place })])).toBe(0);
      expect(await store.find('t', [idOf('a'), idOf('none'), idOf('\0\xff'), 'x'.repeat(5_000)])).toEqual([
        { id: idOf('a'), tenant: 't', source: 'ingestion', reason: 'TYPE_INVALID', detail: 'type must …', userId: 'ann', original: encoder.encode('a'), isCut: false, count: 1, firstAtMs: NOW, lastAtMs: NOW },
        undefined,
        expect.objectContaining({ source: 'log', original: encoder.encode('\0\xff'), place }),
        undefined,
      ]);
    });

    it('counts the same original once more, under the newest reason', async () => {
      await store.add([refusal('a'), refusal('a', { atMs: NOW + 5 })]);
      await store.add([refusal('a', { atMs: NOW + 9, reason: 'TOO_OLD', detail: 'old' })]);
      expect(await store.list('t', { limit: 10 })).toMatchObject({ letters: [{ count: 3, firstAtMs: NOW, lastAtMs: NOW + 9, reason: 'TOO_OLD', detail: 'old' }], totals: new Map([['TOO_OLD', 1]]) });
    });

    it('keeps tenants apart', async () => {
      await store.add([refusal('a'), refusal('a', { tenant: 'other' }), refusal('b', { tenant: 'other' }), refusal('c', { tenant: 'others' })]);
      expect(await pages({ limit: 10 })).toEqual([['a']]);
      expect((await pages({ limit: 10 }, 'other')).flat().sort()).toEqual(['a', 'b']);
      expect(idOf('a')).not.toBe(idOf('a', 'other'));
      expect(await store.remove('other', [idOf('a'), idOf('b')])).toBe(0);
      expect(await store.find('other', [idOf('a')])).toEqual([undefined]);
    });

    it('lists the newest first, page by page, by reason and by user', async () => {
      await store.add(Array.from({ length: 7 }, (_, i) => refusal(String(i), { atMs: NOW + i, reason: i % 2 === 0 ? 'TOO_OLD' : 'WHO_MISSING', userId: i < 3 ? 'bob' : 'ann' })));
      expect(await pages({ limit: 3 })).toEqual([['6', '5', '4'], ['3', '2', '1'], ['0']]);
      expect(await pages({ limit: 2, reason: 'TOO_OLD' })).toEqual([['6', '4'], ['2', '0']]);
      expect(await pages({ limit: 9, userId: 'bob' })).toEqual([['2', '1', '0']]);
      expect(await pages({ limit: 9, userId: 'bob', reason: 'WHO_MISSING' })).toEqual([['1']]);
      expect((await store.list('t', { limit: 1, reason: 'NONE' })).totals).toEqual(new Map([['TOO_OLD', 4], ['WHO_MISSING', 3]]));
    });

    it('goes on behind a page though some of it is gone, or was refused again', async () => {
      await store.add(Array.from({ length: 5 }, (_, i) => refusal(String(i), { atMs: NOW + i })));
      const { next } = await store.list('t', { limit: 2 });
      await store.remove('t', [idOf('3')]);
      await store.add([refusal('4', { atMs: NOW + 50 }), refusal('0', { atMs: NOW + 60 })]);
      const rest = await store.list('t', { limit: 9, after: next! });
      expect(rest.letters.map(({ id }) => id)).toEqual([idOf('2'), idOf('1')]);
    });

    it('refuses what is no cursor', async () => {
      for (const after of ['', 'x', `1.${'0'.repeat(32)}`, '99999999999999999999.dl_00000000000000000000000000000000', '1.dl_\0']) {
        await expect(store.list('t', { limit: 1, after })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'CURSOR_INVALID' });
      }
    });

    it('removes by id, and says how many there were', async () => {
      await store.add([refusal('a'), refusal('b', { reason: 'TOO_OLD' })]);
      expect(await store.remove('t', [idOf('a'), idOf('none'), idOf('a')])).toBe(1);
      expect(await store.list('t', { limit: 9 })).toMatchObject({ letters: [{ id: idOf('b') }], totals: new Map([['TOO_OLD', 1]]) });
    });

    it('lets go what was refused last before a time, of every tenant', async () => {
      await store.add([refusal('a'), refusal('b', { tenant: 'other' }), refusal('c', { atMs: NOW + 10 }), refusal('a', { atMs: NOW + 10 })]);
      expect(await store.expire(NOW + 10)).toBe(1);
      expect((await pages({ limit: 9 })).flat().sort()).toEqual(['a', 'c']);
      expect(await pages({ limit: 9 }, 'other')).toEqual([[]]);
    });

    it('keeps so many of a tenant, and lets the oldest go first', async () => {
      const more = 5;
      const all = Array.from({ length: DEAD_LETTER_LIMITS.letters }, (_, i) => refusal(String(i), { atMs: NOW + i }));
      expect(await store.add(all)).toBe(0);
      await store.add([refusal('other', { tenant: 'other', atMs: 1 })]);
      expect(await store.add(Array.from({ length: more }, (_, i) => refusal(`more ${i}`, { atMs: NOW + 1_000_000 + i })))).toBe(more);
      const { totals } = await store.list('t', { limit: 1 });
      expect(totals.get('TYPE_INVALID')).toBe(DEAD_LETTER_LIMITS.letters);
      const found = await store.find('t', [idOf('0'), idOf(String(more - 1)), idOf(String(more)), idOf('more 4')]);
      expect(found.map((letter) => letter !== undefined)).toEqual([false, false, true, true]);
      expect(await store.find('other', [idOf('other', 'other')])).toHaveLength(1);
    });

    it('cuts what is too long, and knows it again', async () => {
      const long = new Uint8Array(DEAD_LETTER_LIMITS.originalBytes + 1).fill(1);
      const other = long.slice();
      other[other.length - 1] = 2;
      await store.add([refusal('', { original: long, detail: 'x'.repeat(5_000), userId: 'u'.repeat(300) }), refusal('', { original: other }), refusal('', { original: long })]);
      const [cut, same] = await store.find('t', [deadLetterIdOf('t', long), deadLetterIdOf('t', other)]);
      expect(cut).toMatchObject({ isCut: true, count: 2 });
      expect(cut!.original).toHaveLength(DEAD_LETTER_LIMITS.originalBytes);
      expect(same).toMatchObject({ isCut: true, count: 1 });
    });

    it('has it all after it was opened again', async () => {
      if (place.reopen === undefined) return;
      await store.add([refusal('a'), refusal('b', { reason: 'TOO_OLD', atMs: NOW + 1 })]);
      const before = await store.list('t', { limit: 9 });
      store = await place.reopen();
      expect(await store.list('t', { limit: 9 })).toEqual(before);
      await store.add([refusal('a', { atMs: NOW + 2 })]);
      expect((await store.list('t', { limit: 1 })).letters).toMatchObject([{ id: idOf('a'), count: 2 }]);
    });
  });
}
