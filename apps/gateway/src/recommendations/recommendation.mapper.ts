import { isoTime } from '@serendip/serving-adapters';
import { reasonsFor, type ItemExplanation, type Recommendation, type RecommendationRequest, type RecommendedItem, type Visitor } from '@serendip/serving-domain';
import { DomainError } from '@serendip/shared-errors';
import type { ItemExplained, RecommendationAnswer } from './recommendation-schema.js';

/** Throws INVALID_ARGUMENT/WHO_AMBIGUOUS when both ids are given. */
export function visitorOf({ userId, anonymousId }: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined }): Visitor {
  if (userId !== undefined && anonymousId !== undefined) {
    throw new DomainError('INVALID_ARGUMENT', 'WHO_AMBIGUOUS', 'Send userId or anonymousId, not both.');
  }
  if (userId !== undefined) return { kind: 'user', id: userId };
  return anonymousId === undefined ? { kind: 'nobody' } : { kind: 'anonymous', id: anonymousId };
}

function pick(fields: Readonly<Record<string, unknown>> | undefined, names: readonly string[]): Record<string, unknown> {
  const attributes = (fields?.attributes ?? {}) as Readonly<Record<string, unknown>>;
  const found = names.map((name) => [name, fields?.[name] ?? attributes[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** `ranks.slot` is of the page; `rank` in the answer goes on from page to page. */
function itemExplanation(item: RecommendedItem, { rules, heads, features, ...why }: ItemExplanation): ItemExplained {
  return {
    sources: item.sources.map((name) => ({ name })),
    ...why,
    heads: [...heads],
    features: features.map(({ newestAtMs, ...feature }) => ({ ...feature, ...(newestAtMs === undefined ? {} : { newestAt: isoTime(newestAtMs) }) })),
    propensity: item.propensity,
    reasons: [...reasonsFor(item)],
    rules: rules.map(({ rule, effect, score, rank }) => ({ rule, effect, ...(score === undefined ? {} : { score }), ...(rank === undefined ? {} : { rank }) })),
  };
}

function itemAnswer(item: RecommendedItem, rank: number, { fields, explain }: { readonly fields: readonly string[]; readonly explain: boolean }): RecommendationAnswer['items'][number] {
  return {
    id: item.id,
    score: Number.isFinite(item.score) ? item.score : 0,
    rank,
    source: item.source,
    ...(fields.length === 0 ? {} : { fields: pick(item.document?.fields, fields) }),
    ...(explain && item.why !== undefined ? { explain: itemExplanation(item, item.why) } : {}),
  };
}

export interface AnswerFacts {
  readonly recommendationId: string;
  readonly attributionToken: string;
  readonly fields: readonly string[];
  readonly request: RecommendationRequest;
  readonly nextCursor: string | undefined;
  readonly tookMs: number;
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** What only an answer that explains itself has. */
function explanationOf(result: Recommendation, { plan, nowMs }: RecommendationRequest): Partial<RecommendationAnswer> {
  const { steps = [], scoring, userState, cache, madeFrom } = result;
  return {
    funnel: steps.map(({ dropped, sources, ...step }) => ({
      ...step, tookMs: rounded(step.tookMs), ...(dropped.length === 0 ? {} : { dropped: [...dropped] }),
      ...(sources === undefined ? {} : { sources: sources.map(({ name, found, tookMs, error }) => ({ name, found, tookMs: rounded(tookMs), ...(error === '' ? {} : { failure: error }) })) }),
    })),
    cache,
    ...(scoring === undefined ? {} : { scoring: { objective: [...scoring.objective], baseline: scoring.baseline } }),
    ...(userState === undefined ? {} : { userState }),
    ...(madeFrom === undefined ? {} : { madeFrom: { nowMs, config: plan.config, ...madeFrom } }),
  };
}

export function recommendationAnswerOf(result: Recommendation, facts: AnswerFacts): RecommendationAnswer {
  const { recommendationId, attributionToken, fields, request, nextCursor, tookMs } = facts;
  const { plan, explain, shownOrdinals } = request;
  return {
    recommendationId,
    attributionToken,
    placement: plan.name,
    items: result.items.map((item, i) => itemAnswer(item, shownOrdinals.length + i + 1, { fields, explain })),
    experiments: [...plan.arms],
    models: result.models,
    degraded: [...result.degraded],
    ...(request.explain ? explanationOf(result, request) : {}),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    tookMs: rounded(tookMs),
  };
}
