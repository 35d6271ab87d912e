import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openObjectStore } from './index.js';

let directory = '';
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'objects-')); });
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('directory object store', () => {
  it('answers what was put, the newest version, and nothing for what is not there', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('a/b.txt', bytes('one'));
    await store.put('a/b.txt', bytes('two'));
    expect(Buffer.from((await store.get('a/b.txt'))!).toString()).toBe('two');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.get('nowhere')).toBeUndefined();
  });

  it('lists by prefix in order, passing over what is being written', async () => {
    const store = openObjectStore(`file:${directory}`);
    for (const key of ['m/2', 'm/10', 'n/1']) await store.put(key, bytes('x'));
    writeFileSync(join(directory, 'm/.writing-1'), 'half');
    expect(await store.list('m/')).toEqual(['m/10', 'm/2']);
    expect(await openObjectStore(`file:${directory}/none`).list('')).toEqual([]);
  });

  it('deletes, and forgives deleting twice', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('x/y', bytes('x'));
    await store.delete('x');
    await store.delete('x/y/z');
    expect(await store.list('')).toEqual(['x/y']);
    await store.delete('x/y');
    await store.delete('x/y');
    expect(await store.list('')).toEqual([]);
  });

  it.each(['../x', '/etc/passwd', 'a/../../x', 'a//b', '', 'a/.', 'a\\b', 'a\0b'])('refuses the key %j', async (key) => {
    await expect(openObjectStore(`file:${directory}`).put(key, bytes('x'))).rejects.toMatchObject({ reason: 'OBJECT_KEY_INVALID' });
  });

  it('lists a part of a name, and nothing outside the store', async () => {
    const store = openObjectStore(`file:${directory}`);
    for (const key of ['models/a/1', 'models/ab/1', 'modelsx']) await store.put(key, bytes('x'));
    expect(await store.list('models/a')).toEqual(['models/a/1', 'models/ab/1']);
    expect(await store.list('models')).toEqual(['models/a/1', 'models/ab/1', 'modelsx']);
    await expect(store.list('../')).rejects.toMatchObject({ reason: 'OBJECT_KEY_INVALID' });
  });

  it('is never seen half written, by however many writers', async () => {
    const store = openObjectStore(`file:${directory}`);
    const versions = Array.from({ length: 20 }, (_, i) => Buffer.alloc(50_000, i + 1));
    await store.put('x', versions[0]!);
    const writing = Promise.all(versions.map((version) => store.put('x', version)));
    for (let i = 0; i < 20; i++) {
      const read = (await store.get('x'))!;
      expect(read.length).toBe(50_000);
      expect(new Set(read).size).toBe(1);
    }
    await writing;
    expect(readdirSync(directory)).toEqual(['x']);
  });

  it('says so when it cannot write, and leaves nothing behind', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('a', bytes('a file'));
    await expect(store.put('a/b', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'OBJECT_STORE_UNAVAILABLE' });
    await store.put('folder/b', bytes('x'));
    await expect(store.put('folder', bytes('x'))).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
    expect(readdirSync(directory).sort()).toEqual(['a', 'folder']);
  });

  it('answers bytes that are copied by slice', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('x', bytes('abc'));
    const read = (await store.get('x'))!;
    read.slice(0, 1)[0] = 0;
    expect([...read]).toEqual([...bytes('abc')]);
  });

  it('answers a part, as far as there is one', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('x', bytes('0123456789'));
    const part = async (start: number, end: number): Promise<string> => Buffer.from((await store.get('x', { start, end }))!).toString();
    expect([await part(0, 3), await part(3, 10), await part(8, 20)]).toEqual(['012', '3456789', '89']);
    expect(await store.get('y', { start: 0, end: 1 })).toBeUndefined();
  });

  it('refuses engines it does not have', () => {
    expect(() => openObjectStore('s3://bucket')).toThrow('no object store');
  });
});
