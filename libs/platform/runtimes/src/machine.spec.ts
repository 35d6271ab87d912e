import { describe, expect, it, jest } from '@jest/globals';
import { HostedRuntime, checkRuntimes, type Tensors } from './index.js';

describe('checkRuntimes', () => {
  it('tries again what did not run, and not what did', async () => {
    const start = jest.spyOn(HostedRuntime, 'start');
    try {
      const ask = async () => (await checkRuntimes(['onnx-webgpu']))[0]!.available;
      const running = { device: 'gpu', run: async ({ x }: Tensors) => ({ y: x }), close: async () => undefined };
      start.mockRejectedValueOnce(new Error('it is busy')).mockResolvedValueOnce(running as unknown as HostedRuntime).mockRejectedValue(new Error('it is asked a third time'));
      expect([await ask(), await ask(), await ask()]).toEqual([false, true, true]);
    } finally {
      start.mockRestore();
    }
  });

  it('knows of each runtime whether it runs here, and otherwise why not and what to do', async () => {
    const statuses = await checkRuntimes(['onnx-cpu', 'tfjs-wasm', 'onnx-cuda']);
    expect(statuses[0]).toMatchObject({ name: 'onnx-cpu', available: true, device: 'cpu' });
    for (const { available, reason, advice } of statuses) expect([available, reason !== undefined, advice !== '']).toEqual([available, !available, true]);
  });
});
