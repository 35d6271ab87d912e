import { Counter, Histogram, type Registry } from 'prom-client';
import type { Recommendation } from '@serendip/serving-domain';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** What the gateway counts. */
export class Metrics {
  private readonly latency: Histogram<'placement'>;
  private readonly stages: Histogram<'stage'>;
  private readonly degraded: Counter<'stage' | 'reason'>;
  private readonly items: Counter<'placement'>;
  private readonly cache: Counter<'use'>;
  private readonly dropped: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.latency = new Histogram({ name: 'serendip_recommendation_seconds', help: 'Time to answer a recommendation.', labelNames: ['placement'], buckets: SECONDS, registers });
    this.stages = new Histogram({ name: 'serendip_stage_seconds', help: 'Time of one pipeline stage.', labelNames: ['stage'], buckets: SECONDS, registers });
    this.degraded = new Counter({ name: 'serendip_degraded_total', help: 'Steps down the degradation ladder.', labelNames: ['stage', 'reason'], registers });
    this.items = new Counter({ name: 'serendip_recommended_items_total', help: 'Items in answers.', labelNames: ['placement'], registers });
    this.cache = new Counter({ name: 'serendip_answer_cache_total', help: 'Answers by what the answer cache had for them: hit, shared (being made), miss, off.', labelNames: ['use'], registers });
    this.dropped = new Counter({ name: 'serendip_served_dropped_total', help: 'Served slates that could not be logged.', registers });
  }

  servedDropped(count: number): void {
    this.dropped.inc(count);
  }

  answered(placement: string, { tookMs, result }: { readonly tookMs: number; readonly result: Recommendation }): void {
    this.latency.observe({ placement }, tookMs / 1000);
    this.items.inc({ placement }, result.items.length);
    this.cache.inc({ use: result.cache });
    // Of a slate that was there already, the funnel says how it was made.
    if (result.cache === 'miss' || result.cache === 'off') for (const { stage, tookMs: stageMs } of result.funnel) this.stages.observe({ stage }, stageMs / 1000);
    for (const { stage, reason } of result.degraded) this.degraded.inc({ stage, reason: /^[A-Z_]+$/.test(reason) ? reason : 'OTHER' });
  }
}
