import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeBundle } from '@serendip/platform-bundles';
import { openObjectStore } from '@serendip/platform-objects';
import { Gateway, PUBLISHABLE, type Answer } from '../gateway.fixture.js';
import { ModelUploads } from './model-uploads.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

const yaml = (more = ''): string => `name: dcn\nkind: ranker\nformat: onnx\nmetrics: {ndcg@10: 0.4}\n${more}`;

type Files = readonly (readonly [string, string | Uint8Array])[];

async function push(files: Files, { path = '/v1/models/dcn/versions', key = undefined as string | undefined } = {}): Promise<Answer> {
  const form = new FormData();
  for (const [name, content] of files) form.append('file', new Blob([content as string]), name);
  return send(new Response(form), { path, key });
}

async function send(response: Response, { path = '/v1/models/dcn/versions', key = undefined as string | undefined } = {}): Promise<Answer> {
  return gateway.ask(`POST ${path}`, { body: Buffer.from(await response.arrayBuffer()), headers: { 'content-type': response.headers.get('content-type')! }, ...(key === undefined ? {} : { key }) });
}

const stored = (): string[] => readdirSync(gateway.directory, { recursive: true }).map(String).filter((name) => /^models\/\w+\/\w{64}\//.test(name));
const left = (): string[] => readdirSync(gateway.directory).filter((name) => name.startsWith('upload-'));

describe('pushing a model', () => {
  it('puts the files into the object store and registers what is yet to be checked', async () => {
    const { status, json } = await push([['model.yaml', yaml('tags: [test]')], ['model.onnx', 'weights'], ['golden.jsonl', '{}']]);
    expect(status).toBe(201);
    expect(json).toMatchObject({ name: 'dcn', version: 3, kind: 'ranker', checks: 'pending', metrics: { 'ndcg@10': 0.4 } });
    expect(stored().map((name) => name.split('/')[3]).sort()).toEqual(['golden.jsonl', 'model.onnx', 'model.yaml']);
    expect(left()).toEqual([]);
  });

  it('gives the same content the same digest, in whatever order it comes', async () => {
    const files: Files = [['model.yaml', yaml()], ['model.onnx', 'weights']];
    const digests = await Promise.all([await push(files), await push([...files].reverse()), await push([files[0]!, ['model.onnx', 'others']])].map(({ json }) => json.digest as string));
    expect(digests[0]).toBe(digests[1]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it.each<[string, Files, number, string]>([
    ['a path that leads elsewhere', [['model.yaml', yaml()], ['../../config/latest.bin', 'x']], 400, 'BUNDLE_FILE_INVALID'],
    ['an absolute path', [['model.yaml', yaml()], ['/etc/passwd', 'x']], 400, 'BUNDLE_FILE_INVALID'],
    ['a folder', [['model.yaml', yaml()], ['a/b.onnx', 'x']], 400, 'BUNDLE_FILE_INVALID'],
    ['a pickle by its name', [['model.yaml', yaml()], ['model.pkl', 'x']], 400, 'BUNDLE_CODE_REFUSED'],
    ['a pickle by what it is', [['model.yaml', yaml()], ['model.onnx', Uint8Array.of(0x80, 4, 0x95, 0, 0)]], 400, 'BUNDLE_CODE_REFUSED'],
    ['the same file twice', [['model.yaml', yaml()], ['model.onnx', 'a'], ['model.onnx', 'b']], 400, 'UPLOAD_INVALID'],
    ['no model.yaml', [['model.onnx', 'a']], 400, 'UPLOAD_INVALID'],
    ['another model\'s name', [['model.yaml', yaml().replace('dcn', 'other')]], 400, 'UPLOAD_INVALID'],
    ['a model.yaml that is none', [['model.yaml', 'name: [x']], 400, 'BUNDLE_INVALID'],
    ['fields there are not', [['model.yaml', yaml('run: rm -rf /')]], 400, 'BUNDLE_INVALID'],
    ['hashes of its own', [['model.yaml', yaml(`files: {model.onnx: ${'a'.repeat(64)}}`)], ['model.onnx', 'x']], 400, 'BUNDLE_INVALID'],
  ])('refuses %s, and keeps nothing of it', async (_, files, status, reason) => {
    const before = stored();
    expect(await push(files)).toMatchObject({ status, json: { reason } });
    expect(stored()).toEqual(before);
    expect(left()).toEqual([]);
  });

  it('says what to do in place of a code format', async () => {
    expect((await push([['model.yaml', yaml()], ['model.h5', 'x']])).json.detail).toMatch(/Lambda layers are code: export the model to ONNX/);
  });

  it('takes nothing that is no upload, and uploads nowhere else', async () => {
    expect(await gateway.ask('POST /v1/models/dcn/versions', { body: {} })).toMatchObject({ status: 415, json: { reason: 'CONTENT_TYPE_UNSUPPORTED' } });
    expect(await push([['model.yaml', yaml()]], { path: '/v1/events' })).toMatchObject({ status: 415 });
    expect(await push([['model.yaml', yaml()]], { key: PUBLISHABLE })).toMatchObject({ status: 403 });
    const cut = new Response('--x\r\ncontent-disposition: form-data; name="file"; filename="model.yaml"\r\n\r\nname: dcn', { headers: { 'content-type': 'multipart/form-data; boundary=x' } });
    const { status, json } = await send(cut);
    expect(status).toBe(400);
    expect(json.reason).toMatch(/^[A-Z_]+$/);
  });

  it('shows a version with what its checks found', async () => {
    expect((await gateway.ask('GET /v1/models/dcn/versions/2')).json).toMatchObject({ checks: 'failed', checkResults: [{ name: 'golden', outcome: 'failed', detail: 'Line 1.', figures: { cases: 4 } }] });
  });

  it('gives its files back as they were pushed, in parts, and no others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-files-'));
    try {
      const objects = openObjectStore(`file:${folder}`);
      const files = { 'model.onnx': randomBytes(9 * 2 ** 20), 'golden.jsonl': randomBytes(4 * 2 ** 20), 'notes.txt': Buffer.alloc(0) };
      const version = await writeBundle(objects, { manifest: { name: 'dcn', kind: 'ranker', format: 'onnx', metrics: {} }, files }) as never;
      const uploads = new ModelUploads({ control: {} as never }, objects, folder);
      for (const [name, bytes] of Object.entries(files)) expect((await buffer(await uploads.file(version, name))).equals(bytes)).toBe(true);
      await expect(uploads.file(version, '../secret')).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'FILE_UNKNOWN' });
    } finally {
      rmSync(folder, { recursive: true });
    }
    const file = '/v1/models/dcn/versions/9/file?path=model.onnx';
    expect(await gateway.ask(`GET ${file}`)).toMatchObject({ status: 404, json: { reason: 'MODEL_UNKNOWN' } });
    expect(await gateway.ask(`GET ${file}`, { key: PUBLISHABLE })).toMatchObject({ status: 403 });
  });

  it('takes an alias away', async () => {
    expect(await gateway.ask('DELETE /v1/models/dcn/aliases/challenger?reason=tried')).toMatchObject({ status: 204 });
    expect(await gateway.ask('DELETE /v1/models/dcn/aliases/challenger?why=tried')).toMatchObject({ status: 400, json: { reason: 'REQUEST_INVALID' } });
    expect(await gateway.ask('DELETE /v1/models/dcn/aliases/challenger', { key: PUBLISHABLE })).toMatchObject({ status: 403 });
  });

  it('rolls an alias back', async () => {
    expect((await gateway.ask('POST /v1/models/dcn:rollback', { body: { reason: 'worse' } })).json).toEqual({ model: 'dcn', alias: 'champion', version: 1, previousVersion: 2 });
    expect(await gateway.ask('POST /v1/models/dcn:explode', { body: {} })).toMatchObject({ status: 404, json: { reason: 'ROUTE_UNKNOWN' } });
  });
});
