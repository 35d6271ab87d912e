import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openObjectStore } from '@serendip/platform-objects';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await Gateway.start();
  await openObjectStore(`file:${gateway.directory}`).put('archive/1.parquet', Buffer.from('the file!'));
});
afterAll(() => gateway.close());

const file = { path: 'events/day=2026-11-01/1.parquet', sha256: 'ab', bytes: 9, rows: 2 };

describe('data sets', () => {
  it('are made once the log is archived, which the answer tells until then', async () => {
    const body = { from: '2026-11-01T00:00:00Z', to: Date.UTC(2026, 10, 2) };
    const first = await gateway.ask('POST /v1/datasets', { body });
    expect(first).toMatchObject({ status: 202, headers: { 'retry-after': '1' }, json: { state: 'archiving', recordsToArchive: 1 } });
    const second = await gateway.ask('POST /v1/datasets', { body });
    expect(second).toMatchObject({ status: 200, json: { id: 'ds_1', from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', rows: 2, commit: 4, versions: { event: '1' }, files: [file], rewrittenFiles: 0 } });
    expect(gateway.backends.get('trainer').created).toMatchObject({ tenant: 'default', fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 2) });
  });

  it('are listed and read, and their files are sent as they are', async () => {
    expect((await gateway.ask('GET /v1/datasets')).json).toMatchObject({ items: [{ id: 'ds_1', rows: 2 }] });
    expect((await gateway.ask('GET /v1/datasets/ds_1')).json.files).toEqual([file]);
    const sent = await gateway.ask(`GET /v1/datasets/ds_1/file?path=${encodeURIComponent(file.path)}`);
    expect(sent).toMatchObject({ status: 200, text: 'the file!', headers: { 'content-type': 'application/vnd.apache.parquet', 'content-length': '9' } });
    expect(await gateway.ask('GET /v1/datasets/ds_1/file?path=keys.json')).toMatchObject({ status: 404, json: { reason: 'FILE_UNKNOWN' } });
    expect(await gateway.ask('GET /v1/datasets/ds_2')).toMatchObject({ status: 404, json: { reason: 'DATASET_UNKNOWN' } });
  });

  it('are exported, and the tables are sent', async () => {
    expect(await gateway.ask('POST /v1/datasets/ds_1/exports', { body: { outcomeHours: 48 } })).toMatchObject({ status: 202, json: { id: 'ex_1', dataSetId: 'ds_1', state: 'running', stage: '48 hours' } });
    expect((await gateway.ask('GET /v1/datasets/ds_1/exports/ex_1')).json).toMatchObject({ state: 'succeeded', featureNames: ['a'], files: [{ path: 'examples/part-00001.parquet' }] });
    expect((await gateway.ask('GET /v1/datasets/ds_1/exports/ex_1/file?path=examples/part-00001.parquet')).text).toBe('the file!');
  });

  it('are no business of publishable keys, and want their times', async () => {
    expect(await gateway.ask('GET /v1/datasets', { key: PUBLISHABLE })).toMatchObject({ status: 403 });
    expect(await gateway.ask('POST /v1/datasets', { body: { from: 'May' } })).toMatchObject({ status: 400, json: { errors: expect.any(Array) } });
    expect(await gateway.ask('POST /v1/datasets/ds_1/exports', { body: { outcomeHours: 0 } })).toMatchObject({ status: 400 });
  });
});
