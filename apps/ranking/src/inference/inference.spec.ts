import { afterEach, describe, expect, it } from '@jest/globals';
import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { createGrpcClient, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { startAdminServer } from '@serendip/platform-telemetry';
import type { LiveRankers } from '@serendip/ranking-adapters';
import { Ranker, RecentQueries, type RankerRuntime } from '@serendip/ranking-domain';
import { inference, ranking } from '@serendip/shared-contracts';
import { bytesOf, float32sOf } from '@serendip/shared-layouts';
import { Registry } from 'prom-client';
import { AppModule } from '../app.module.js';
import type { ResultVersion } from '../result-version.js';
import { InferenceModels } from './inference-models.js';
import { RestInference } from './rest-inference.js';

const closers: (() => unknown)[] = [];
afterEach(async () => { for (const close of closers.splice(0)) await close(); });

/** Two features in; heads `plus`, their sum and `times`, their product. */
const runtime: RankerRuntime = {
  name: 'test', device: 'none', sessions: 1, close: async () => undefined,
  run: async (rows, count) => Float32Array.from({ length: count * 2 }, (_, i) => (i % 2 === 0 ? rows[i]! + rows[i + 1]! : rows[i - 1]! * rows[i]!)),
};
const rankerOf = (name: string) => new Ranker({ name, features: ['price_log', 'retrieval_score'], heads: [{ name: 'plus', weight: 1 }, { name: 'times', weight: 1 }], bytes: 0, means: new Float32Array(2) }, runtime);

async function start() {
  const logger = createLogger('ranking', 'fatal');
  const all = [['default', 'dcn@2'], ['default', 'dcn@10'], ['shop', 'dcn@3']].map(([tenant, name]) => ({ tenant: tenant!, ranker: rankerOf(name!) }));
  const watcher = { current: { tenants: [{ id: 'default', aliases: [{ model: 'dcn', alias: 'champion', version: 2 }] }] } } as never;
  const module = AppModule.with({
    rankers: { all, failed: new Map() } as unknown as LiveRankers, recent: new RecentQueries(), feed: { status: () => ({ ready: false }) } as CatalogueFeed, watcher, version: {} as ResultVersion, registry: new Registry(), logger,
  });
  const server = await startGrpcService({ module, services: [ranking.RankingService, inference.GRPCInferenceService], host: '127.0.0.1', port: 0, logger, drainMs: 100, notReadyMs: 0 });
  const rest = new RestInference(server.get(InferenceModels), () => true, logger);
  const admin = await startAdminServer({
    host: '127.0.0.1', port: 0, registry: new Registry(), readiness: () => [], logger, handle: (request, response) => rest.handle(request, response), acceptHttp2: (socket) => server.accept(socket),
  });
  const client = createGrpcClient(inference.GRPCInferenceService, { target: `127.0.0.1:${admin.port}`, timeoutMs: 5000 });
  closers.push(() => client.close(), () => server.close(), () => admin.close());
  const ask = async (path: string, body?: unknown, init: RequestInit = {}) => {
    const answer = await fetch(`http://127.0.0.1:${admin.port}/v2${path}`, body === undefined ? init : { method: 'POST', body: JSON.stringify(body), ...init });
    return { status: answer.status, body: await answer.json() as Record<string, unknown> };
  };
  return { client, ask, url: `http://127.0.0.1:${admin.port}` };
}

const input = (shape: readonly number[], data: readonly unknown[]) => ({ name: 'features', datatype: 'FP32', shape, data });
const RIGHT = [3, 2, 7, 12];

describe('the Open Inference Protocol over HTTP', () => {
  it('says what is loaded, what it takes and what it answers', async () => {
    const { ask } = await start();
    expect((await ask('/health/live')).body).toEqual({ live: true });
    expect((await ask('/health/ready')).status).toBe(200);
    expect((await ask('')).body).toMatchObject({ name: 'serendip-ranking', extensions: ['binary_tensor_data'] });
    expect(await ask('/models/dcn')).toEqual({
      status: 200,
      body: {
        name: 'dcn', versions: ['2', '10'], platform: 'test', inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 2] }], outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 2] }],
        parameters: { heads: 'plus,times' },
      },
    });
    expect([(await ask('/models/dcn/versions/10/ready')).status, (await ask('/models/dcn/versions/3/ready')).status]).toEqual([200, 404]);
  });

  it('answers heads side by side, by the champion unless another version is named, and other tenants\' models under their name', async () => {
    const { ask } = await start();
    for (const [path, version] of [['dcn', '2'], ['dcn/versions/10', '10'], ['shop.dcn', '3']]) {
      const { status, body } = await ask(`/models/${path}/infer`, { id: 'a', inputs: [input([2, 2], [[1, 2], [3, 4]])] });
      expect([status, body]).toEqual([200, { model_name: path!.split('/')[0], model_version: version, id: 'a', outputs: [{ name: 'scores', datatype: 'FP32', shape: [2, 2], data: RIGHT }] }]);
    }
  });

  it('takes and answers binary tensors, whatever the length of the JSON before them', async () => {
    const { url } = await start();
    for (const id of ['', 'x', 'xx', 'xxx']) {
      const head = JSON.stringify({ id, parameters: { binary_data_output: true }, inputs: [{ name: 'features', datatype: 'FP32', shape: [2, 2], parameters: { binary_data_size: 16 } }] });
      const answer = await fetch(`${url}/v2/models/dcn/infer`, {
        method: 'POST', headers: { 'inference-header-content-length': String(head.length) }, body: Buffer.concat([Buffer.from(head), bytesOf(Float32Array.of(1, 2, 3, 4))]),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const at = Number(answer.headers.get('inference-header-content-length'));
      expect(JSON.parse(bytes.subarray(0, at).toString()).outputs[0]).toMatchObject({ name: 'scores', shape: [2, 2], parameters: { binary_data_size: 16 } });
      expect([...float32sOf(bytes.subarray(at))]).toEqual(RIGHT);
    }
  });

  it.each([
    ['a model that is not loaded', 'other', { inputs: [input([1, 2], [1, 2])] }, 404, 'Loaded are: dcn@2, dcn@10, shop.dcn@3'],
    ['a name that can not be read', '%ff', { inputs: [input([1, 2], [1, 2])] }, 400, 'name of its model'],
    ['a shape that is not the model\'s', 'dcn', { inputs: [input([1, 3], [1, 2, 3])] }, 400, '[rows, 2]'],
    ['fewer numbers than the shape says', 'dcn', { inputs: [input([2, 2], [1, 2, 3])] }, 400, '4 numbers, not 3'],
    ['what is no number', 'dcn', { inputs: [input([1, 2], [[1, null]])] }, 400, 'no number'],
    ['another datatype', 'dcn', { inputs: [{ ...input([1, 2], [1, 2]), datatype: 'INT64' }] }, 400, 'FP32'],
    ['an output that there is none of', 'dcn', { inputs: [input([1, 2], [1, 2])], outputs: [{ name: 'labels' }] }, 400, '\'labels\''],
    ['no inputs', 'dcn', {}, 400, 'inputs'],
    ['binary data that did not come', 'dcn', { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 2], parameters: { binary_data_size: 8 } }] }, 400, 'binary part'],
  ])('refuses %s, saying why, and goes on', async (_, model, body, status, words) => {
    const { ask } = await start();
    const answer = await ask(`/models/${model}/infer`, body);
    expect([answer.status, answer.body]).toEqual([status, { error: expect.stringContaining(words) }]);
    expect((await ask('/models/dcn/infer', { inputs: [input([1, 2], [1, 2])] })).status).toBe(200);
  });

  it('refuses what is no JSON', async () => {
    const { ask } = await start();
    expect((await ask('/models/dcn/infer', undefined, { method: 'POST', body: '{' })).body).toEqual({ error: expect.stringContaining('JSON') });
  });
});

describe('the Open Inference Protocol over gRPC, on the same port', () => {
  it('says what is loaded and answers raw and typed tensors', async () => {
    const { client } = await start();
    expect((await client.serverLive({})).live).toBe(true);
    expect((await client.serverReady({})).ready).toBe(false);
    expect((await client.modelReady({ name: 'dcn', version: '9' })).ready).toBe(false);
    expect((await client.modelMetadata({ name: 'dcn' })).inputs).toEqual([expect.objectContaining({ name: 'features', datatype: 'FP32', shape: [-1n, 2n] })]);
    const tensor = { name: 'features', datatype: 'FP32', shape: [2n, 2n] };
    for (const request of [{ inputs: [tensor], rawInputContents: [bytesOf(Float32Array.of(1, 2, 3, 4))] }, { inputs: [{ ...tensor, contents: { fp32Contents: [1, 2, 3, 4] } }] }]) {
      const { modelVersion, outputs, rawOutputContents } = await client.modelInfer({ modelName: 'dcn', ...request });
      expect([modelVersion, outputs[0]!.shape, [...float32sOf(rawOutputContents[0]!)]]).toEqual(['2', [2n, 2n], RIGHT]);
    }
  });

  it('refuses with the same reasons', async () => {
    const { client } = await start();
    await expect(client.modelInfer({ modelName: 'other' })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'RANKER_NOT_LOADED' });
    await expect(client.modelInfer({ modelName: 'dcn' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INFERENCE_INVALID' });
  });
});
