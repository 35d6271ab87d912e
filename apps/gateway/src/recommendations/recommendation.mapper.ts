import { reasonsFor, type Recommendation, type RecommendationRequest, type RecommendedItem, type Visitor } from '@serendip/serving-domain';
import { DomainError } from '@serendip/shared-errors';
import type { RecommendationAnswer } from './recommendation-schema.js';

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

function itemAnswer(item: RecommendedItem, rank: number, { fields, explain }: { readonly fields: readonly string[]; readonly explain: boolean }): RecommendationAnswer['items'][number] {
  return {
    id: item.id,
    score: Number.isFinite(item.score) ? item.score : 0,
    rank,
    source: item.source,
    ...(fields.length === 0 ? {} : { fields: pick(item.document?.fields, fields) }),
    ...(explain ? { explain: { sources: item.sources.map((name) => ({ name })), features: [...item.features], reasons: [...reasonsFor(item)], rules: [...item.rules] } } : {}),
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

function funnelOf({ funnel, drops }: Recommendation): NonNullable<RecommendationAnswer['funnel']> {
  return funnel.map((report) => {
    const dropped = drops.filter(({ stage }) => stage === report.stage).map(({ rule, dropped: count }) => ({ rule, dropped: count }));
    return { ...report, tookMs: rounded(report.tookMs), ...(dropped.length === 0 ? {} : { dropped }) };
  });
}

export function recommendationAnswerOf(result: Recommendation, facts: AnswerFacts): RecommendationAnswer {
  const { recommendationId, attributionToken, fields, request: { plan, explain, nowMs, shownOrdinals }, nextCursor, tookMs } = facts;
  return {
    recommendationId,
    attributionToken,
    placement: plan.name,
    items: result.items.map((item, i) => itemAnswer(item, shownOrdinals.length + i + 1, { fields, explain })),
    experiments: [...plan.arms],
    models: result.models,
    degraded: [...result.degraded],
    ...(explain ? {
      funnel: funnelOf(result), cache: result.cache, ...(result.userState === undefined ? {} : { userState: result.userState }),
      ...(result.madeFrom === undefined ? {} : { madeFrom: { nowMs, config: plan.config, ...result.madeFrom } }),
    } : {}),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    tookMs: rounded(tookMs),
  };
}
