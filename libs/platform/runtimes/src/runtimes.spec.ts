import { afterEach, describe, expect, it } from '@jest/globals';
import { checkRuntimes, openModel, HostedRuntime, type Fallback, type ModelRuntime, type OpenModelOptions, type RuntimeName } from './index.js';
import { loadRuntime } from './load-runtime.js';
import type { RuntimeHost } from './runtime-host.js';
import { RuntimePool } from './runtime-pool.js';
import { RUNTIME_SUITE, features, graphModelFiles, onnxFiles } from './testing/index.js';

const opened: ModelRuntime[] = [];
afterEach(async () => { for (const runtime of opened.splice(0)) await runtime.close(); });

function kept<R extends ModelRuntime>(runtime: R): R {
  opened.push(runtime);
  return runtime;
}

/** TensorFlow's packages are installed by who has such models. */
const tfjs = await checkRuntimes(['tfjs-wasm']);
const withTfjs = tfjs[0]!.available;
if (!withTfjs) process.stderr.write(`Skipped, because ${tfjs[0]!.reason}: what tfjs-wasm does. It ${tfjs[0]!.advice}.\n`);

const filesOf = (name: RuntimeName) => (name.startsWith('onnx') ? onnxFiles() : graphModelFiles());

/** Those of cards and of TensorFlow itself are held against the same suite by `npm run prove -- runtimes`. */
describe.each([
  ['onnx-cpu on the caller\'s thread', () => loadRuntime('onnx-cpu', onnxFiles())],
  ['onnx-cpu in a thread', () => HostedRuntime.start('onnx-cpu', onnxFiles())],
  ['onnx-cpu in two threads', () => RuntimePool.start(2, () => HostedRuntime.start('onnx-cpu', onnxFiles()))],
  ...(withTfjs ? [['tfjs-wasm', () => HostedRuntime.start('tfjs-wasm', graphModelFiles())] as const] : []),
])('%s', (_, open: () => Promise<ModelRuntime>) => {
  it.each(RUNTIME_SUITE.map((check) => [check.name, check] as const))('%s', async (_, check) => {
    await check.run(kept(await open()));
  });
});

describe('a thread with a model', () => {
  it.each<RuntimeName>(withTfjs ? ['onnx-cpu', 'tfjs-wasm'] : ['onnx-cpu'])('says that %s can not run what is no model', async (name) => {
    const files = Object.fromEntries(Object.keys(filesOf(name)).map((file) => [file, new TextEncoder().encode('{}')]));
    await expect(HostedRuntime.start(name, files)).rejects.toMatchObject({ name: 'DomainError' });
  });

  it('fails what waits, and what comes later, when it ends by itself', async () => {
    const runtime = await HostedRuntime.start('onnx-cpu', onnxFiles());
    const asked = runtime.run({ features: features(500) });
    (runtime as unknown as { host: RuntimeHost }).host.end();
    await Promise.allSettled([asked]);
    await expect(runtime.run({ features: features(1) })).rejects.toMatchObject({ reason: 'RUNTIME_LOST' });
    await runtime.close();
  });
});

const [card] = await checkRuntimes(['onnx-webgpu']);
if (!card!.available) process.stderr.write(`Skipped, because ${card!.reason}: models on one card. It ${card!.advice}.\n`);

(card!.available ? describe : describe.skip)('models on one card', () => {
  it('run, come and go at the same time', async () => {
    const stays = kept(await HostedRuntime.start('onnx-webgpu', onnxFiles()));
    const right = (await stays.run({ features: features(40) }))['click']!.data;
    let over = false;
    const running = (async () => {
      while (!over) expect((await stays.run({ features: features(40) }))['click']!.data).toEqual(right);
    })();
    await Promise.all(Array.from({ length: 3 }, async () => {
      const comes = await HostedRuntime.start('onnx-webgpu', onnxFiles());
      for (let run = 0; run < 20; run++) expect((await comes.run({ features: features(40) }))['click']!.data).toEqual(right);
      await comes.close();
      await expect(comes.run({ features: features(40) })).rejects.toMatchObject({ reason: 'RUNTIME_LOST' });
    }));
    over = true;
    await running;
  }, 120_000);

  it('stay when another can not be loaded', async () => {
    const stays = kept(await HostedRuntime.start('onnx-webgpu', onnxFiles()));
    await expect(HostedRuntime.start('onnx-webgpu', { 'model.onnx': Uint8Array.of(1, 2) })).rejects.toMatchObject({ name: 'DomainError' });
    expect((await stays.run({ features: features(3) }))['click']!.data).toHaveLength(3);
  }, 120_000);
});

describe('a pool of threads', () => {
  it('ends those that started when one does not', async () => {
    let started = 0;
    const closed: number[] = [];
    const start = async (): Promise<ModelRuntime> => {
      const place = started++;
      if (place === 1) throw new Error('no memory');
      return { close: async () => void closed.push(place) } as unknown as ModelRuntime;
    };
    await expect(RuntimePool.start(3, start)).rejects.toThrow('no memory');
    expect(closed).toEqual([0, 2]);
  });
});

describe('openModel', () => {
  const open = async (options: Partial<OpenModelOptions>, files = onnxFiles()) => {
    const fallbacks: Fallback[] = [];
    const runtime = kept(await openModel(files, { format: 'onnx', device: 'cpu', sessions: 1, onFallback: (fallback) => fallbacks.push(fallback), ...options }));
    return { runtime, fallbacks };
  };

  it('runs on the processor when that is asked for, and falls back from nothing', async () => {
    const { runtime, fallbacks } = await open({});
    expect([runtime.name, runtime.device, runtime.sessions, fallbacks]).toEqual(['onnx-cpu', 'cpu', 1, []]);
  });

  it('runs in as many threads as it is given sessions', async () => {
    const { runtime } = await open({ sessions: 3 });
    expect(runtime.sessions).toBe(3);
    expect((await runtime.run({ features: features(2) })).click!.shape).toEqual([2, 1]);
  });

  it('says so when it runs somewhere else than it was meant to, with the reason', async () => {
    const [cuda] = await checkRuntimes(['onnx-cuda']);
    const { runtime, fallbacks } = await open({ device: 'cuda' });
    if (cuda!.available) expect([runtime.device, fallbacks]).toEqual(['cuda', []]);
    else expect(fallbacks).toEqual([{ wanted: 'cuda', used: runtime.name, reason: expect.stringContaining('onnx-cuda: ') }]);
  });

  it('refuses what nothing here can run, naming each runtime and its reason once', async () => {
    await expect(open({}, { 'model.onnx': new Uint8Array(100) })).rejects.toMatchObject({ reason: 'MODEL_INVALID', message: expect.stringContaining('onnx-cpu: ') });
    await expect(open({}, { 'model.onnx': new Uint8Array(100) })).rejects.not.toMatchObject({ message: expect.stringMatching(/onnx-cpu: .*onnx-cpu: /) });
    await expect(open({}, {})).rejects.toMatchObject({ reason: 'MODEL_INVALID', message: expect.stringContaining('model.onnx') });
    await expect(open({ apart: true }, { 'model.onnx': new Uint8Array(100) })).rejects.toMatchObject({ reason: 'MODEL_INVALID' });
  });

  it('tells what is missing on the machine from what is wrong with a model, and says how to get it', async () => {
    const lacking = (runtime: string, advice: string) => ({ code: 'UNAVAILABLE', reason: 'RUNTIME_UNAVAILABLE', message: expect.stringMatching(new RegExp(`${runtime}: .*${runtime} needs .*${advice}.*start this service again`)) });
    const [cuda, native] = await checkRuntimes(['onnx-cuda', 'tfjs-node']);
    if (!cuda!.available) await expect(openModel(onnxFiles(), { format: 'onnx', device: 'cuda', sessions: 1 })).rejects.toMatchObject(lacking('onnx-cuda', 'CUDA 12'));
    if (!native!.available) await expect(open({ format: 'tensorflow' }, { 'saved_model.pb': new Uint8Array(8) })).rejects.toMatchObject(lacking('tfjs-node', 'build-tensorflow-binding'));
    if (withTfjs) await expect(open({ format: 'tensorflow' }, { 'model.json': new TextEncoder().encode('{}') })).rejects.toMatchObject({ reason: 'MODEL_INVALID' });
    else await expect(open({ format: 'tensorflow' }, graphModelFiles())).rejects.toMatchObject(lacking('tfjs-wasm', 'install-runtimes'));
  });
});
