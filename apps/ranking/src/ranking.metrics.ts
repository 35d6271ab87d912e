import { PRICES, costOf, type Prices } from '@serendip/platform-config/prices';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LiveRankers } from '@serendip/ranking-adapters';

const GIBIBYTE = 2 ** 30;

/** What the ranking service counts, by version. */
export class RankingMetrics {
  private readonly latency: Histogram<'ranker'>;
  private readonly rows: Counter<'ranker'>;
  private readonly failures: Counter<'ranker' | 'reason'>;

  constructor(registry: Registry, rankers: LiveRankers, prices: Prices = PRICES) {
    const registers = [registry];
    this.latency = new Histogram({
      name: 'serendip_rank_seconds', help: 'Time to rank one request.', labelNames: ['ranker'], registers, buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
    });
    this.rows = new Counter({ name: 'serendip_ranked_rows_total', help: 'Candidates scored.', labelNames: ['ranker'], registers });
    this.failures = new Counter({ name: 'serendip_rank_failures_total', help: 'Requests that were not ranked.', labelNames: ['ranker', 'reason'], registers });
    new Gauge({
      name: 'serendip_rank_queued_rows', help: 'Rows that wait for a session.', labelNames: ['ranker'], registers,
      collect() {
        this.reset();
        for (const { ranker } of rankers.all) this.set({ ranker: ranker.spec.name }, ranker.queuedRows);
      },
    });
    new Gauge({
      name: 'serendip_ranker_runtime', help: 'Always 1: what runs each version, and where.', labelNames: ['tenant', 'ranker', 'runtime', 'device'], registers,
      collect() {
        this.reset();
        for (const { tenant, ranker } of rankers.all) this.set({ tenant, ranker: ranker.spec.name, runtime: ranker.runtimeName, device: ranker.device }, 1);
      },
    });
    new Counter({
      name: 'serendip_ranker_cost_total', labelNames: ['tenant', 'ranker', 'device'], registers,
      help: 'What the runs of each loaded version have cost, in the currency of SERENDIP_PRICE_CPU_HOUR, _GIB_HOUR and _GPU_HOUR (US dollars by default): their time and, for as long, the bytes of the version.',
      collect() {
        this.reset();
        for (const { tenant, ranker } of rankers.all) {
          const { busySeconds, device, spec } = ranker;
          const time = device === 'cpu' ? { cpuSeconds: busySeconds } : { gpuSeconds: busySeconds };
          this.inc({ tenant, ranker: spec.name, device }, costOf({ ...time, gibibyteSeconds: busySeconds * (spec.bytes / GIBIBYTE) }, prices));
        }
      },
    });
    new Gauge({ name: 'serendip_ranker_bytes', help: 'Bytes of the files of all loaded versions.', registers, collect() { this.set(rankers.bytes); } });
    new Gauge({ name: 'serendip_rankers_failed', help: 'Versions that can not be loaded.', registers, collect() { this.set(rankers.failed.size); } });
  }

  ranked(ranker: string, { rows, seconds }: { readonly rows: number; readonly seconds: number }): void {
    this.latency.observe({ ranker }, seconds);
    this.rows.inc({ ranker }, rows);
  }

  failed(ranker: string, reason: string): void {
    this.failures.inc({ ranker, reason });
  }
}
