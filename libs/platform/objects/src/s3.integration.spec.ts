import { describe, expect, it, afterAll, beforeAll } from '@jest/globals';
import { openObjectStore } from './index.js';
import { bytes, objectStoreConformance } from './testing/object-store-conformance.js';
import { S3Server } from './testing/s3-server.fixture.js';

let server: S3Server;
beforeAll(async () => { server = await S3Server.start(); });
afterAll(() => server.stop());

let buckets = 0;
objectStoreConformance('S3', async () => openObjectStore(server.url(await server.makeBucket(`bucket-${++buckets}`))));

describe('S3 object store', () => {
  it('keeps to its folder of a bucket', async () => {
    const bucket = await server.makeBucket('shared');
    const [a, b] = ['a', 'a/b'].map((prefix) => openObjectStore(server.url(bucket, prefix)));
    await a!.put('x', bytes('1'));
    await b!.put('y', bytes('2'));
    expect(await b!.list('')).toEqual(['y']);
    expect(await a!.list('')).toEqual(['b/y', 'x']);
    expect(await b!.get('x')).toBeUndefined();
  });

  it('lists more than one page', async () => {
    const keys = Array.from({ length: 1203 }, (_, i) => `k${String(i).padStart(5, '0')}`);
    const store = openObjectStore(server.url(await server.makeBucket('pages', keys)));
    expect(await store.list('k')).toEqual(keys);
  });

  it('says so when there is no such bucket, no such key pair, or no server, and nothing is there by mistake', async () => {
    const nowhere = openObjectStore(server.url('nowhere'));
    await expect(nowhere.get('x')).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'OBJECT_STORE_UNAVAILABLE', message: expect.stringContaining('NoSuchBucket') });
    await expect(nowhere.put('x', bytes('x'))).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
    const secret = process.env.AWS_SECRET_ACCESS_KEY;
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
    await expect(openObjectStore(server.url(await server.makeBucket('own'))).list('')).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
    process.env.AWS_SECRET_ACCESS_KEY = secret;
    await expect(openObjectStore('s3://x?endpoint=http://127.0.0.1:9').get('x')).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
  });
});
