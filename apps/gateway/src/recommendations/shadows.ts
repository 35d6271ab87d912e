import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import { Recommender, type PlacementPlan, type Recommendation, type RecommendationRequest } from '@serendip/serving-domain';
import type { events, MessageInitShape } from '@serendip/shared-contracts';
import { Metrics } from '../metrics.js';
import { Planner, type ShadowPlan } from './planner.js';
import { ShadowRecord, type ShadowReport, type Timed } from './shadow-record.js';

/** Of all placements together: they must not get in the way of those who wait for a list. */
const AT_ONCE = 4;
const BUDGET_MS = 400;

export type ShadowSlate = MessageInitShape<typeof events.ShadowSlateSchema>;

interface Followed {
  readonly served: Recommendation;
  readonly tookMs: number;
  readonly traceId: string | undefined;
}

/** Makes a share of answers once more, after they were given, with the versions that shadow their placement, and compares. Nobody is shown these, and nobody waits for them. */
@Injectable()
export class Shadows implements BeforeApplicationShutdown {
  private readonly inFlight = new Set<Promise<unknown>>();
  /** By tenant and placement. */
  private readonly records = new Map<string, ShadowRecord>();

  constructor(private readonly recommender: Recommender, private readonly planner: Planner, private readonly metrics: Metrics, private readonly logger: Logger) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.inFlight);
  }

  /** What this answer is to be made by once more, if it is one of those. */
  chosen(tenant: string, plan: PlacementPlan): ShadowPlan | undefined {
    const shadow = this.planner.shadow(tenant, plan);
    return shadow !== undefined && Math.random() < shadow.share ? shadow : undefined;
  }

  /** Never rejects; undefined when there is too much to do, or nothing came of it. */
  follow(request: RecommendationRequest, { plan, versions }: ShadowPlan, followed: Followed): Promise<ShadowSlate | undefined> {
    const record = this.record(keyOf(request.tenant, plan.name), versions);
    if (this.inFlight.size >= AT_ONCE) {
      record.dropped++;
      this.metrics.shadowed(plan.name, { outcome: 'dropped' });
      return Promise.resolve(undefined);
    }
    const made = this.make({ ...request, plan, explain: false, logFeatures: false, fresh: true }, followed, record);
    this.inFlight.add(made);
    return made.finally(() => this.inFlight.delete(made));
  }

  /** Undefined where nothing was followed yet. */
  report(tenant: string, placement: string): ShadowReport | undefined {
    return this.records.get(keyOf(tenant, placement))?.report();
  }

  private async make(request: RecommendationRequest, { served, tookMs: servedTookMs, traceId }: Followed, record: ShadowRecord): Promise<ShadowSlate | undefined> {
    const started = performance.now();
    const { name: placement } = request.plan;
    try {
      const result = await this.recommender.recommend(request, { deadlineMs: started + BUDGET_MS, signal: new AbortController().signal, traceId });
      const shadow: Timed = { ...result, tookMs: performance.now() - started };
      const overlap = record.add({ ...served, tookMs: servedTookMs }, shadow);
      this.metrics.shadowed(placement, { outcome: result.degraded.length > 0 ? 'degraded' : 'made', overlap, tookMs: shadow.tookMs });
      return slateOf(result, shadow.tookMs);
    } catch (err) {
      record.failed++;
      this.metrics.shadowed(placement, { outcome: 'failed' });
      this.logger.debug({ err, placement }, 'a shadow failed');
      return undefined;
    }
  }

  /** Begins anew when the shadow's versions change. */
  private record(key: string, versions: ShadowPlan['versions']): ShadowRecord {
    const known = this.records.get(key);
    if (known?.isOf(versions)) return known;
    const record = new ShadowRecord(versions);
    this.records.set(key, record);
    return record;
  }
}

const keyOf = (tenant: string, placement: string): string => `${tenant}\0${placement}`;

const slateOf = ({ items, models, degraded }: Recommendation, tookMs: number): ShadowSlate => ({
  retriever: models.retriever ?? '', ranker: models.ranker ?? '', itemIds: items.map(({ id }) => id), tookMs, degraded: degraded.map(({ stage, reason }) => `${stage}:${reason}`),
});
