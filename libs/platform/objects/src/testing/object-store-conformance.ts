import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../object-store.js';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The contract of every object store. @param open answers an empty one. */
export function objectStoreConformance(engine: string, open: () => Promise<ObjectStore>): void {
  describe(`${engine} object store`, () => {
    let store: ObjectStore;
    beforeEach(async () => { store = await open(); });
    const textOf = async (key: string): Promise<string> => Buffer.from((await store.get(key))!).toString();

    it('answers what was put, the newest version, and nothing for what is not there', async () => {
      await store.put('a/b.txt', bytes('one'));
      await store.put('a/b.txt', bytes('two'));
      expect(await textOf('a/b.txt')).toBe('two');
      expect(await store.get('a')).toBeUndefined();
      expect(await store.get('nowhere')).toBeUndefined();
      await store.put('day=2026-11-29/empty+1.bin', new Uint8Array(0));
      expect(await store.get('day=2026-11-29/empty+1.bin')).toHaveLength(0);
    });

    it('takes what a file holds, however large, and nothing where there is none', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'put-'));
      try {
        const [small, large] = [Buffer.from('abc'), Buffer.alloc(33 * 1024 * 1024 + 1, 'serendip')];
        for (const [name, content] of Object.entries({ small, large, empty: Buffer.alloc(0) })) {
          const path = join(folder, name);
          writeFileSync(path, content);
          await store.put(`files/${name}`, { path });
          expect(content.equals((await store.get(`files/${name}`))!)).toBe(true);
        }
        await expect(store.put('files/none', { path: join(folder, 'none') })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'OBJECT_STORE_UNAVAILABLE' });
        expect(await store.list('files/')).toEqual(['files/empty', 'files/large', 'files/small']);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('lists by prefix in order, a part of a name too, and nothing outside', async () => {
      for (const key of ['m/2', 'm/10', 'n/1', 'models/a/1', 'models/ab/1', 'modelsx']) await store.put(key, bytes('x'));
      expect(await store.list('m/')).toEqual(['m/10', 'm/2']);
      expect(await store.list('models/a')).toEqual(['models/a/1', 'models/ab/1']);
      expect(await store.list('models')).toEqual(['models/a/1', 'models/ab/1', 'modelsx']);
      expect(await store.list('none/')).toEqual([]);
      expect(await store.list('')).toHaveLength(6);
      await expect(store.list('../')).rejects.toMatchObject({ reason: 'OBJECT_KEY_INVALID' });
    });

    it('deletes, and forgives deleting twice', async () => {
      await store.put('x/y', bytes('x'));
      await store.delete('z');
      await store.delete('z/y');
      expect(await store.list('')).toEqual(['x/y']);
      await store.delete('x/y');
      await store.delete('x/y');
      expect(await store.list('')).toEqual([]);
    });

    it('answers a part, as far as there is one', async () => {
      await store.put('x', bytes('0123456789'));
      const part = async (start: number, end: number): Promise<string> => Buffer.from((await store.get('x', { start, end }))!).toString();
      expect([await part(0, 3), await part(3, 10), await part(8, 20), await part(12, 20), await part(3, 3)]).toEqual(['012', '3456789', '89', '', '']);
      expect(await store.get('y', { start: 0, end: 1 })).toBeUndefined();
    });

    it('is never seen half written, by however many writers', async () => {
      const versions = Array.from({ length: 12 }, (_, i) => Buffer.alloc(50_000, i + 1));
      await store.put('x', versions[0]!);
      const writing = Promise.all(versions.map((version) => store.put('x', version)));
      for (let i = 0; i < 12; i++) {
        const read = (await store.get('x'))!;
        expect(read.length).toBe(50_000);
        expect(new Set(read).size).toBe(1);
      }
      await writing;
      expect(await store.list('')).toEqual(['x']);
    });

    it('answers bytes that are copied by slice', async () => {
      await store.put('x', bytes('abc'));
      const read = (await store.get('x'))!;
      read.slice(0, 1)[0] = 0;
      expect([...read]).toEqual([...bytes('abc')]);
    });

    it.each(['../x', '/etc/passwd', 'a/../../x', 'a//b', '', 'a/.', 'a\\b', 'a\0b', 'a/.writing-1'])('refuses the key %j', async (key) => {
      // Before it begins, or as a rejection: in any case it is not done.
      await expect((async () => store.put(key, bytes('x')))()).rejects.toMatchObject({ reason: 'OBJECT_KEY_INVALID' });
      await expect((async () => store.get(key))()).rejects.toMatchObject({ reason: 'OBJECT_KEY_INVALID' });
    });
  });
}
