import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { RuntimeReport } from './runtime-report.js';

describe('a version that does not run where it was meant to', () => {
  it('is warned of and counted', async () => {
    const warned: unknown[] = [];
    const registry = new Registry();
    new RuntimeReport(registry, { warn: (facts: unknown) => void warned.push(facts) } as never).fellBack('dcn@3', { wanted: 'cuda', used: 'onnx-cpu', reason: 'onnx-cuda: no card' });
    expect(warned).toEqual([{ model: 'dcn@3', wanted: 'cuda', used: 'onnx-cpu', reason: 'onnx-cuda: no card' }]);
    expect(await registry.metrics()).toContain('serendip_runtime_fallbacks_total{model="dcn@3",wanted="cuda",used="onnx-cpu"} 1');
  });
});
