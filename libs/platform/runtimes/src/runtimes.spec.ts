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

const filesOf = (name: RuntimeName) => (name.startsWith('onnx') ? onnxFiles() : graphModelFiles());

/** Those of cards and of TensorFlow itself are held against the same suite by `npm run prove -- runtimes`. */
describe.each([
  ['onnx-cpu on the caller\'s thread', () => loadRuntime('onnx-cpu', onnxFiles())],
  ['onnx-cpu in a thread', () => HostedRuntime.start('onnx-cpu', onnxFiles())],
  ['onnx-cpu in two threads', () => RuntimePool.start(2, () => HostedRuntime.start('onnx-cpu', onnxFiles()))],
  ['tfjs-wasm', () => HostedRuntime.start('tfjs-wasm', graphModelFiles())],
] as const)('%s', (_, open: () => Promise<ModelRuntime>) => {
  it.each(RUNTIME_SUITE.map((check) => [check.name, check] as const))('%s', async (_, check) => {
    await check.run(kept(await open()));
  });
});

describe('a thread with a model', () => {
  it.each(['onnx-cpu', 'tfjs-wasm'] as const)('says that %s can not run what is no model', async (name) => {
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
  });
});

describe('checkRuntimes', () => {
  it('knows of each runtime whether it runs here, and otherwise why not and what to do', async () => {
    const statuses = await checkRuntimes(['onnx-cpu', 'tfjs-wasm', 'onnx-cuda']);
    expect(statuses.slice(0, 2)).toEqual([
      expect.objectContaining({ name: 'onnx-cpu', available: true, device: 'cpu' }), expect.objectContaining({ name: 'tfjs-wasm', available: true, device: 'cpu' }),
    ]);
    for (const { available, reason, advice } of statuses) expect([available, reason !== undefined, advice !== '']).toEqual([available, !available, true]);
  });
});
