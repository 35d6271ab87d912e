import { Injectable } from '@nestjs/common';
import { Recommender, itemMark, signAttribution, type PlacementPlan, type Recommendation, type RecommendationRequest, type Visitor, type VisitContext } from '@serendip/serving-domain';
import type { AskingTime } from '@serendip/shared-pipeline';
import { newId } from '../http/uuid.js';
import { Metrics } from '../metrics.js';
import { Admission, callerGone } from './admission.js';
import { cursorAfter, type Page } from './pages.js';
import { Planner } from './planner.js';
import type { RecommendationAnswer } from './recommendation-schema.js';
import { recommendationAnswerOf } from './recommendation.mapper.js';
import { ServedLog } from './served-log.js';
import { Shadows, type ShadowSlate } from './shadows.js';
import { servedEvent } from './served.mapper.js';

/** The whole request's time; a caller waits no longer than this for a list. */
const BUDGET_MS = 400;
/** More would only make each other wait: a request is some milliseconds of work. */
const AT_ONCE = 32;
/**
 * What an answer is made of is as of the last tick, so that equal requests have equal answers until the next one. No longer than statistics take to move, and
 * much shorter than any decay; what may not be shown any more is checked at the time itself.
 */
const TICK_MS = 1000;

export interface Ask {
  readonly tenant: string;
  readonly plan: PlacementPlan;
  readonly visitor: Visitor;
  readonly seedItemIds?: readonly string[];
  readonly givenItemIds?: readonly string[];
  readonly excludeItemIds?: readonly string[];
  readonly limit: number;
  readonly fields: readonly string[];
  readonly context?: VisitContext;
  readonly explain: boolean;
  readonly dryRun: boolean;
  /** Epoch milliseconds of the moment the answer is for, when that is not now; such an answer is not logged. */
  readonly asOfMs?: number;
  /** Absent for lists that have no pages. */
  readonly page?: Page;
  /** Made for this caller alone. */
  readonly fresh?: boolean;
  /** Aborts when nobody waits for the answer any more. */
  readonly departed?: AbortSignal;
  /** Of the request that asks; absent where none does. */
  readonly traceId?: string;
  /** Monotonic milliseconds, for what has less time than a request of its own. */
  readonly deadlineMs?: number;
  /** The time for asking rules that it shares with the others of its batch. */
  readonly asking?: AskingTime;
}

/** Turns an authenticated, validated ask into an answer, and remembers what was served. */
@Injectable()
export class Recommendations {
  private readonly admission = new Admission(AT_ONCE);

  constructor(
    private readonly recommender: Recommender, private readonly planner: Planner, private readonly served: ServedLog, private readonly shadows: Shadows, private readonly metrics: Metrics,
  ) {}

  /** Rejects with CANCELLED, and remembers nothing, when the caller goes away. */
  answer(ask: Ask): Promise<RecommendationAnswer> {
    const started = performance.now();
    return this.admission.run(ask.departed, () => this.answerNow(ask, started));
  }

  private async answerNow(ask: Ask, started: number): Promise<RecommendationAnswer> {
    const isReal = !ask.dryRun && ask.asOfMs === undefined && ask.visitor.kind !== 'nobody';
    const shadow = isReal ? this.shadows.chosen(ask.tenant, ask.plan) : undefined;
    const logged = isReal && (shadow !== undefined || Math.random() < ask.plan.logShare);
    const atMs = Date.now();
    const forMs = ask.asOfMs ?? atMs;
    const recommendationId = newId();
    const request: RecommendationRequest = {
      recommendationId, tenant: ask.tenant, plan: ask.plan, visitor: ask.visitor, seedItemIds: ask.seedItemIds ?? [], givenItemIds: ask.givenItemIds ?? [],
      excludeItemIds: ask.excludeItemIds ?? [], shownOrdinals: ask.page?.shown ?? [], limit: ask.limit, context: ask.context ?? {}, explain: ask.explain, logFeatures: logged,
      nowMs: forMs - (forMs % TICK_MS), fresh: ask.fresh ?? false, ...(ask.asOfMs === undefined ? {} : { asOfMs: ask.asOfMs }),
    };
    const signal = ask.departed ?? new AbortController().signal;
    const result = await this.recommender.recommend(request, { deadlineMs: Math.min(started + BUDGET_MS, ask.deadlineMs ?? Infinity), signal, traceId: ask.traceId }, ask.asking);
    if (signal.aborted) throw callerGone();
    const { arms, name: placement } = ask.plan;
    const key = this.planner.tenant(ask.tenant).signingKey;
    const attributionToken = signAttribution({ recommendationId, placement, ...result.models, arms, servedAtMs: atMs, ...exploredMarks(result) }, key);
    const nextCursor = ask.page === undefined ? undefined : cursorAfter(ask.page, result, { key, nowMs: atMs });
    const tookMs = performance.now() - started;
    const followed = shadow === undefined ? undefined : this.shadows.follow(request, shadow, { served: result, tookMs, traceId: ask.traceId });
    if (logged) this.log(request, result, { shadow: followed, traceId: ask.traceId });
    if (result.exploration !== undefined && !ask.dryRun && ask.asOfMs === undefined) this.metrics.explored({ tenant: ask.tenant, placement, share: ask.plan.exploration?.share ?? 0 }, result.exploration);
    this.metrics.answered(placement, { tookMs, result });
    return recommendationAnswerOf(result, {
      recommendationId, attributionToken, fields: ask.fields, request, nextCursor, tookMs,
    });
  }

  /** Once what shadows it is known, if anything does. */
  private log(request: RecommendationRequest, result: Recommendation, { shadow, traceId }: { readonly shadow: Promise<ShadowSlate | undefined> | undefined; readonly traceId: string | undefined }): void {
    const add = (slate?: ShadowSlate): void => {
      const event = servedEvent(request, result, slate);
      if (event !== undefined) this.served.add(event, traceId);
    };
    if (shadow === undefined) add();
    else void shadow.then(add);
  }
}

/** Which items were drawn, for the token; nothing where none were. */
function exploredMarks({ items, exploration }: Recommendation): { readonly explored?: readonly string[] } {
  if (exploration === undefined || exploration.explored === 0) return {};
  return { explored: items.filter(({ isExplored }) => isExplored).map(({ id }) => itemMark(id)) };
}
