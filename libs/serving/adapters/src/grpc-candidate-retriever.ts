import type { MessageInitShape, retrieval } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import { excludedInSearch, type AppliedRules, type CandidateRetriever, type Exploration, type RecommendationRequest, type RetrievedCandidates } from '@serendip/serving-domain';
import { hash64 } from '@serendip/shared-identity';
import { bytesOf, eventTypeMask, float32sOf, int32sOf, uint16sOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { contextMessage } from './context-message.js';
import { Gathered } from './gathered.js';
import { resultOf } from './hop.js';

type CandidateRequest = MessageInitShape<typeof retrieval.CandidateRequestSchema>;

/** Asks the embedding service for candidates of all sources in one call; requests of the same moment share it. */
export class GrpcCandidateRetriever implements CandidateRetriever {
  private readonly call: Gathered<CandidateRequest, retrieval.CandidateResult>;

  constructor(client: GrpcClient<typeof retrieval.EmbeddingService>) {
    this.call = new Gathered({ send: async (requests, options) => (await client.retrieveCandidates({ requests }, options)).results });
  }

  async retrieve(request: RecommendationRequest, { userState, rules }: { readonly userState: Uint8Array; readonly rules: AppliedRules }, context: Context): Promise<RetrievedCandidates> {
    const { plan } = request;
    const given = request.givenItemIds.length > 0;
    const result = resultOf(await this.call.ask({
      tenant: request.tenant,
      userState,
      retriever: plan.retriever,
      sources: given ? [{ name: 'given', limit: request.givenItemIds.length }] : plan.sources.map((source) => ({ ...source })),
      seedItemIds: [...request.seedItemIds],
      givenItemIds: [...request.givenItemIds],
      // What the visitor is looking at is not news to them.
      excludeItemIds: given ? [] : [...request.excludeItemIds, ...request.seedItemIds],
      excludeOrdinals: bytesOf(Int32Array.from(excludedInSearch(request))),
      ...(plan.impressionDiscount === undefined ? {} : { impressionDiscount: plan.impressionDiscount }),
      ...(plan.exploration === undefined || given ? {} : { exploration: explorationOf(request, plan.exploration) }),
      seenTypes: given ? 0 : eventTypeMask(plan.hideAfter),
      limit: given ? request.givenItemIds.length : plan.candidates,
      nowMs: request.nowMs,
      ...expressionsOf(request, rules),
    }, context), 'embedding');
    return {
      ordinals: int32sOf(result.ordinals),
      scores: float32sOf(result.scores),
      personalScores: float32sOf(result.personalScores),
      nextScores: float32sOf(result.nextScores),
      sourceBits: uint16sOf(result.sourceBits),
      ...(result.impressionFactors.length === 0 ? {} : { impressionFactors: float32sOf(result.impressionFactors) }),
      sourceNames: result.sources.map(({ name }) => name),
      retriever: result.retriever,
      searched: result.searched,
      version: result.version,
      sources: result.sources.map(({ name, found, tookUs, error }) => ({ name, found, tookMs: tookUs / 1000, error })),
      ...(rules.boosts.length === 0 ? {} : { boosts: float32sOf(result.boosts) }),
      ...(rules.pins.length === 0 ? {} : { pinMatches: uint16sOf(result.pinMatches) }),
      drops: result.drops.map(({ filter, dropped }) => ({ filter: ruleOf(filter, rules), dropped })),
    };
  }
}

/** The seed follows from who asks for what and when, as all that a shared slate is made of. */
function explorationOf({ plan, visitor, nowMs }: RecommendationRequest, { shownFewerThan, publishedWithinMs, pool }: Exploration): NonNullable<CandidateRequest['exploration']> {
  const who = visitor.kind === 'nobody' ? '' : visitor.id;
  return { shownFewerThan, publishedWithinMs, limit: pool, seed: hash64(`${plan.name}\0${visitor.kind}\0${who}\0${nowMs}`).lo };
}

/** What only expressions ask about goes with them. */
function expressionsOf({ visitor, context }: RecommendationRequest, { filters, boosts, pins }: AppliedRules): Pick<CandidateRequest, 'filters' | 'boosts' | 'pins' | 'userId' | 'context'> {
  if (filters.length + boosts.length + pins.length === 0) return {};
  const sources = (rules: readonly { readonly expression: { readonly source: string } }[]): string[] => rules.map(({ expression }) => expression.source);
  return { filters: sources(filters), boosts: sources(boosts), pins: sources(pins), userId: visitor.kind === 'user' ? visitor.id : '', context: contextMessage(context) };
}

/** The rule whose expression a drop report numbers; any other report keeps its name. */
function ruleOf(filter: string, { filters }: AppliedRules): string {
  const place = /^filter:(\d+)$/.exec(filter)?.[1];
  return (place === undefined ? undefined : filters[Number(place)]?.rule) ?? filter;
}
