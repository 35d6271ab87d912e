import { choose, execute, finish, hydrate, type AskingTime, type Context, type Degradation, type Pipeline, type Slate } from '@serendip/shared-pipeline';
import { madeFrom } from './cache/made-from.js';
import type { SharedSlates } from './cache/shared-slates.js';
import { answerStep, funnelOf } from './explain/funnel.js';
import { itemExplanation } from './explain/item-explanation.js';
import { ruleEffects } from './explain/rule-effects.js';
import { userStatePlace } from './explain/user-state-place.js';
import type { CandidateRanker, CandidateRetriever, DocumentReader, FactsReader, FallbackList, ScoreExplainer, UserStateReader } from './ports.js';
import { EXPLORATION, documentsOf, newWork, type Query } from './query.js';
import type { CacheUse, Recommendation, RecommendationRequest, RecommendedItem } from './recommendation.js';
import { askingTimeBefore } from './selection/asking-time.js';
import { Candidates } from './stages/candidates.js';
import { DocumentsCheck } from './stages/documents-check.js';
import { Explanation } from './stages/explanation.js';
import { ExplorationDraw } from './stages/exploration.js';
import { FallbackCandidates } from './stages/fallback-candidates.js';
import { ModelScore } from './stages/model-score.js';
import { ReserveSelector } from './stages/reserve-selector.js';
import { RuleArranger } from './stages/rule-arranger.js';
import { SetAside } from './stages/set-aside.js';
import { UserState } from './stages/user-state.js';

export interface RecommenderParts {
  readonly userStates: UserStateReader;
  readonly retriever: CandidateRetriever;
  readonly ranker: CandidateRanker;
  readonly explainer: ScoreExplainer;
  readonly documents: DocumentReader;
  readonly fallback: FallbackList;
  readonly facts: FactsReader;
  /** Where identical requests share slates; without it each has its own. */
  readonly shared?: SharedSlates | undefined;
  /** Epoch milliseconds of this moment. */
  now(): number;
}

/** Most time each hop may take, milliseconds; the request's deadline holds besides. */
export interface StageTimeouts {
  readonly userState: number;
  readonly candidates: number;
  readonly ranking: number;
  readonly documents: number;
}

/** Without these there is nothing to show but the fallback list. */
const LOST = new Set(['candidates', 'documents']);

/** What the last step of the ladder gets even when there is no time left: its list is here already. */
const LAST_STEP_MS = 50;

/** Answers recommendations: the pipeline, and the step down to the fallback list. Never rejects while a list can be made. */
export class Recommender {
  private readonly pipeline: Pipeline<Query>;
  private readonly fallbackPipeline: Pipeline<Query>;
  /** The same for a request without any time left: it asks for no ranking, and says so. */
  private readonly lateFallbackPipeline: Pipeline<Query>;

  constructor(private readonly parts: RecommenderParts, timeouts: StageTimeouts) {
    this.pipeline = {
      hydrators: [new UserState(parts.userStates, timeouts.userState)],
      sources: [new Candidates(parts.retriever, parts.facts, timeouts.candidates)],
      filters: [new SetAside()],
      scorers: [new ModelScore(parts.ranker, timeouts.ranking)],
      selector: new ReserveSelector(parts.facts),
      late: [
        new DocumentsCheck(parts.documents, parts.facts, () => parts.now(), timeouts.documents), new RuleArranger(parts.facts),
        new ExplorationDraw(parts.documents, parts.facts, () => parts.now(), timeouts.documents), new Explanation(parts.explainer, timeouts.ranking),
      ],
      sideEffects: [],
    };
    this.fallbackPipeline = { ...this.pipeline, hydrators: [], sources: [new FallbackCandidates(parts.fallback, parts.facts)] };
    this.lateFallbackPipeline = { ...this.fallbackPipeline, scorers: [new ModelScore(parts.ranker, 0)] };
  }

  /**
   * Items best first, at most the request's limit, each eligible and none hidden from this visitor.
   * @param batch the time for asking rules that it shares with others.
   */
  async recommend(request: RecommendationRequest, context: Context, batch?: AskingTime): Promise<Recommendation> {
    const started: Query = {
      request, userState: new Uint8Array(0), mergedInto: '', userStateKnown: request.visitor.kind === 'nobody', work: newWork(askingTimeBefore(context.deadlineMs, batch)),
    };
    const { slate, use } = await this.slateOf(started, context);
    const made = request.explain ? madeFrom(slate) : undefined;
    const facts = { cache: use, ...(made === undefined ? {} : { madeFrom: made }) };
    const first = await finish(this.pipeline, slate, context);
    const answer = answerOf(first, facts);
    const short = answer.items.length < request.limit && answer.degraded.length > 0;
    if (!short && !first.degraded.some(({ stage }) => LOST.has(stage))) return answer;

    const nowMs = performance.now();
    const deadlineMs = Math.max(context.deadlineMs, nowMs + LAST_STEP_MS);
    const second = await execute(nowMs < context.deadlineMs ? this.fallbackPipeline : this.lateFallbackPipeline, { ...first.query, work: newWork(askingTimeBefore(context.deadlineMs, batch)) }, { ...context, deadlineMs });
    const last = answerOf(second, facts, first);
    return last.items.length > answer.items.length ? last : answer;
  }

  private async slateOf(started: Query, context: Context): Promise<{ readonly slate: Slate<Query>; readonly use: CacheUse }> {
    const { shared } = this.parts;
    if (shared !== undefined && !started.request.fresh) return shared.slateOf(this.pipeline, started, context);
    return { slate: await choose(this.pipeline, await hydrate(this.pipeline, started, context), context), use: 'off' };
  }
}

function answerOf(slate: Slate<Query>, facts: Pick<Recommendation, 'cache' | 'madeFrom'>, before?: Slate<Query>): Recommendation {
  const { query } = slate;
  const { work, request } = query;
  const items = itemsOf(slate);
  return {
    ...facts,
    items,
    hasMore: work.maybeMore === true || (work.documents?.size ?? 0) > items.length,
    models: {
      ...(work.candidates?.retriever ? { retriever: work.candidates.retriever } : {}),
      ...(work.ranked === undefined ? {} : { ranker: work.ranked.ranker }),
    },
    degraded: withoutRepeats([...(before?.degraded ?? []), ...slate.degraded, ...work.late]),
    funnel: [...(before?.funnel ?? []), ...slate.funnel],
    rulesOn: (document) => ruleEffects(query, document),
    ...(work.exploration === undefined ? {} : { exploration: { slots: work.exploration.slots, explored: work.exploration.drawn.size, pool: work.exploration.pool } }),
    ...(work.ranked?.rows === undefined ? {} : { featureRows: work.ranked.rows }),
    ...userStatePlace(query),
    ...(request.explain ? explanationOf(slate, items.length, before) : {}),
  };
}

function itemsOf({ query, chosen }: Slate<Query>): RecommendedItem[] {
  const { work, request } = query;
  const names = work.candidates?.sourceNames ?? [];
  const documents = documentsOf(work);
  const items: RecommendedItem[] = [];
  for (const selected of chosen) {
    const { ordinal, score, source } = selected;
    const document = documents?.get(ordinal);
    if (document === undefined) continue;
    if (items.length === request.limit) break;
    const isExplored = work.exploration?.drawn.has(ordinal) === true;
    const sources = names.filter((name, bit) => ((source >> bit) & 1) === 1 && name !== EXPLORATION);
    items.push({
      ordinal, id: document.id, score, document, isExplored, propensity: work.exploration?.propensities.get(ordinal) ?? 1,
      source: isExplored ? EXPLORATION : sources[0] ?? 'fallback', sources: isExplored ? [EXPLORATION, ...sources] : sources,
      ...(request.explain ? { why: itemExplanation(query, selected, { slot: items.length + 1, document }) } : {}),
    });
  }
  return items;
}

function explanationOf(slate: Slate<Query>, shown: number, before?: Slate<Query>): Pick<Recommendation, 'steps' | 'scoring'> {
  const { explanation } = slate.query.work;
  return {
    steps: [...(before === undefined ? [] : funnelOf(before)), ...funnelOf(slate), answerStep(slate, shown)],
    ...(explanation === undefined ? {} : { scoring: { objective: explanation.heads, baseline: explanation.baseline } }),
  };
}

function withoutRepeats(degraded: readonly Degradation[]): readonly Degradation[] {
  return [...new Map(degraded.map((step) => [step.stage, step])).values()];
}
