import { describe, expect, it } from '@jest/globals';
import type { LiveRankers } from '@serendip/ranking-adapters';
import { Registry } from 'prom-client';
import { RankingMetrics } from './ranking.metrics.js';

describe('the cost of inference', () => {
  it('is counted for each version, in money, by what it runs on', async () => {
    const registry = new Registry();
    const ranker = (name: string, device: string, busySeconds: number) => ({ tenant: 'shop', ranker: { spec: { name, bytes: 2 ** 30 }, device, busySeconds, queuedRows: 0, runtimeName: 'onnx' } });
    const all = [ranker('dcn@1', 'cpu', 3600), ranker('dcn@2', 'cuda', 1800)];
    new RankingMetrics(registry, { all, failed: new Map(), bytes: 0 } as unknown as LiveRankers, { cpuHour: 2, gibibyteHour: 1, gpuHour: 10 });
    const costs = async (): Promise<readonly string[]> => (await registry.metrics()).split('\n').filter((line) => line.startsWith('serendip_ranker_cost_total{'));
    const expected = ['serendip_ranker_cost_total{tenant="shop",ranker="dcn@1",device="cpu"} 3', 'serendip_ranker_cost_total{tenant="shop",ranker="dcn@2",device="cuda"} 5.5'];
    expect(await costs()).toEqual(expected);
    // Being asked twice costs nothing more.
    expect(await costs()).toEqual(expected);
    expect(await registry.metrics()).toMatch(/# HELP serendip_ranker_cost_total .*US dollars/);
  });
});
