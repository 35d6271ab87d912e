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
    await store.put('x', bytes('x'));
    await store.delete('x');
    await store.delete('x');
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each(['../x', '/etc/passwd', 'a/../../x', 'a//b', '', 'a/.', 'a\\b', 'a\0b'])('refuses the key %j', async (key) => {
    await expect(openObjectStore(`file:${directory}`).put(key, bytes('x'))).rejects.toMatchObject({ reason: 'OBJECT_KEY_INVALID' });
  });

  it('refuses engines it does not have', () => {
    expect(() => openObjectStore('s3://bucket')).toThrow('no object store');
  });
});
