import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openObjectStore } from './index.js';
import { parseS3Address } from './s3-address.js';
import { bytes, objectStoreConformance } from './testing/object-store-conformance.js';

let directory = '';
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'objects-')); });
afterEach(() => rmSync(directory, { recursive: true, force: true }));

objectStoreConformance('directory', async () => openObjectStore(`file:${directory}`));

describe('directory object store', () => {
  it('deletes no folder, and nothing below a file', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('x/y', bytes('x'));
    await store.delete('x');
    await store.delete('x/y/z');
    expect(await store.list('')).toEqual(['x/y']);
  });

  it('passes over what is being written', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('m/2', bytes('x'));
    writeFileSync(join(directory, 'm/.writing-1'), 'half');
    expect(await store.list('m/')).toEqual(['m/2']);
    expect(await openObjectStore(`file:${directory}/none`).list('')).toEqual([]);
  });

  it('says so when it cannot write, and leaves nothing behind', async () => {
    const store = openObjectStore(`file:${directory}`);
    await store.put('a', bytes('a file'));
    await expect(store.put('a/b', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'OBJECT_STORE_UNAVAILABLE' });
    await store.put('folder/b', bytes('x'));
    await expect(store.put('folder', bytes('x'))).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
    expect(readdirSync(directory).sort()).toEqual(['a', 'folder']);
  });
});

describe('the address of an object store', () => {
  it('may be a bucket, a folder of it, and a server that is not AWS', () => {
    expect(parseS3Address('s3://shop')).toMatchObject({ bucket: 'shop', prefix: '' });
    expect(parseS3Address('s3://shop/serendip/prod/?region=eu-north-1')).toEqual({ bucket: 'shop', prefix: 'serendip/prod/', region: 'eu-north-1' });
    expect(parseS3Address('s3://shop?endpoint=http://127.0.0.1:9000')).toMatchObject({ bucket: 'shop', prefix: '', endpoint: 'http://127.0.0.1:9000' });
  });

  it.each(['s3:', 's3://', 's3://key:secret@shop', 's3://shop?acl=public', 's3://shop?endpoint=9000', 's3://shop/a%20b', 'gs://shop', 'file:'])('is refused where it is %j', (url) => {
    expect(() => openObjectStore(url)).toThrow(expect.objectContaining({ reason: 'OBJECT_STORE_UNKNOWN' }));
    expect(() => openObjectStore(url)).not.toThrow('secret');
  });
});
