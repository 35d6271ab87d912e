import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Explored, Recommendation } from '@serendip/serving-domain';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** What the gateway counts. */
export class Metrics {
  private readonly latency: Histogram<'placement'>;
  private readonly stages: Histogram<'stage'>;
  private readonly degraded: Counter<'stage' | 'reason'>;
  private readonly items: Counter<'placement'>;
  private readonly cache: Counter<'use'>;
  private readonly dropped: Counter;
  private readonly deadLettersDropped: Counter;
  private readonly budget: Gauge<'tenant' | 'placement'>;
  private readonly slots: Counter<'tenant' | 'placement' | 'explored'>;
  private readonly shadows: Counter<'placement' | 'outcome'>;
  private readonly shadowOverlap: Histogram<'placement'>;
  private readonly shadowLatency: Histogram<'placement'>;
  private readonly explorationEvents: Counter<'tenant' | 'placement' | 'type' | 'explored'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.latency = new Histogram({ name: 'serendip_recommendation_seconds', help: 'Time to answer a recommendation.', labelNames: ['placement'], buckets: SECONDS, registers });
    this.stages = new Histogram({ name: 'serendip_stage_seconds', help: 'Time of one pipeline stage.', labelNames: ['stage'], buckets: SECONDS, registers });
    this.degraded = new Counter({ name: 'serendip_degraded_total', help: 'Steps down the degradation ladder.', labelNames: ['stage', 'reason'], registers });
    this.items = new Counter({ name: 'serendip_recommended_items_total', help: 'Items in answers.', labelNames: ['placement'], registers });
    this.cache = new Counter({ name: 'serendip_answer_cache_total', help: 'Answers by what the answer cache had for them: hit, shared (being made), miss, off.', labelNames: ['use'], registers });
    this.dropped = new Counter({ name: 'serendip_served_dropped_total', help: 'Served slates that could not be logged.', registers });
    this.deadLettersDropped = new Counter({ name: 'serendip_dead_letters_dropped_total', help: 'Refused events that could not be reported as dead letters.', registers });
    ({ shadows: this.shadows, shadowOverlap: this.shadowOverlap, shadowLatency: this.shadowLatency } = shadowMetrics(registers));
    ({ budget: this.budget, slots: this.slots, explorationEvents: this.explorationEvents } = explorationMetrics(registers));
  }

  /** A list that was served, some of whose slots could explore. */
  explored({ tenant, placement, share }: { readonly tenant: string; readonly placement: string; readonly share: number }, { slots, explored }: Explored): void {
    this.budget.set({ tenant, placement }, share);
    this.slots.inc({ tenant, placement, explored: 'true' }, explored);
    this.slots.inc({ tenant, placement, explored: 'false' }, slots - explored);
  }

  exploredEvent({ tenant, placement, type, explored }: { readonly tenant: string; readonly placement: string; readonly type: string; readonly explored: boolean }): void {
    this.explorationEvents.inc({ tenant, placement, type, explored: String(explored) });
  }

  /** An answer that was to be made once more by what shadows its placement. */
  shadowed(placement: string, { outcome, overlap, tookMs }: { readonly outcome: 'made' | 'degraded' | 'failed' | 'dropped'; readonly overlap?: number; readonly tookMs?: number }): void {
    this.shadows.inc({ placement, outcome });
    if (overlap !== undefined) this.shadowOverlap.observe({ placement }, overlap);
    if (tookMs !== undefined) this.shadowLatency.observe({ placement }, tookMs / 1000);
  }

  servedDropped(count: number): void {
    this.dropped.inc(count);
  }

  deadLetterDropped(count: number): void {
    this.deadLettersDropped.inc(count);
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

function shadowMetrics(registers: Registry[]) {
  const labelNames = ['placement'] as const;
  return {
    shadows: new Counter({ name: 'serendip_shadow_answers_total', help: 'Answers that a shadow was to make once more: made, degraded, failed, dropped.', labelNames: ['placement', 'outcome'] as const, registers }),
    shadowOverlap: new Histogram({ name: 'serendip_shadow_overlap', help: 'Share of the served items that the shadow has too.', labelNames, buckets: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], registers }),
    shadowLatency: new Histogram({ name: 'serendip_shadow_seconds', help: 'Time in which a shadow makes an answer.', labelNames, buckets: SECONDS, registers }),
  };
}

function explorationMetrics(registers: Registry[]) {
  return {
    budget: new Gauge({ name: 'serendip_exploration_share', help: 'Share of the slots in range that may be explored, as configured.', labelNames: ['tenant', 'placement'] as const, registers }),
    slots: new Counter({ name: 'serendip_exploration_slots_total', help: 'Shown slots that could explore, by whether they did.', labelNames: ['tenant', 'placement', 'explored'] as const, registers }),
    explorationEvents: new Counter({
      name: 'serendip_exploration_events_total', help: 'Events of items in lists that explore, by whether the item was drawn.', labelNames: ['tenant', 'placement', 'type', 'explored'] as const, registers,
    }),
  };
}
