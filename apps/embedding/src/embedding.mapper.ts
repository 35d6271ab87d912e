import { attributeValuesOf } from '@serendip/platform-catalogue-feed';
import type { RequestExpressions, RetrievalRequest, RetrievalResult } from '@serendip/retrieval-domain';
import { retrieval, type MessageInitShape } from '@serendip/shared-contracts';
import type { AttributeType } from '@serendip/shared-catalogue';
import { hash64 } from '@serendip/shared-identity';
import { bytesOf, int32sOf } from '@serendip/shared-layouts';

/** A request of the wire as the domain takes it; one without a time is of `nowMs`. */
export function candidateRequest(request: retrieval.CandidateRequest, nowMs: number): RetrievalRequest {
  return { ...request, excludeOrdinals: int32sOf(request.excludeOrdinals), expressions: expressionsOf(request), nowMs: request.nowMs === 0 ? nowMs : request.nowMs };
}

function expressionsOf({ filters, boosts, pins, userId, context }: retrieval.CandidateRequest): RequestExpressions | undefined {
  if (filters.length + boosts.length + pins.length === 0) return undefined;
  const { device = '', locale = '', country = '', attributes = {} } = context ?? {};
  return { filters, boosts, pins, userId, context: { device, locale, country, attributes: attributeValuesOf(attributes) } };
}

export function candidateResult(result: RetrievalResult): MessageInitShape<typeof retrieval.CandidateResultSchema> {
  return {
    ordinals: bytesOf(result.ordinals),
    scores: bytesOf(result.scores),
    personalScores: bytesOf(result.personalScores),
    nextScores: bytesOf(result.nextScores),
    sourceBits: bytesOf(result.sourceBits),
    ...(result.impressionFactors === undefined ? {} : { impressionFactors: bytesOf(result.impressionFactors) }),
    sources: [...result.sources],
    drops: [...result.drops],
    boosts: bytesOf(result.boosts),
    pinMatches: bytesOf(result.pinMatches),
    retriever: result.retriever,
    searched: result.searched,
  };
}

/** Whether filters were not asked about some items: the same request may get more the next time. */
export const isCutShort = ({ drops }: RetrievalResult): boolean => drops.some(({ filter }) => filter === 'unasked');

const TYPES: Readonly<Record<AttributeType, retrieval.AttributeType>> = {
  string: retrieval.AttributeType.STRING, number: retrieval.AttributeType.NUMBER, boolean: retrieval.AttributeType.BOOLEAN,
  strings: retrieval.AttributeType.STRINGS, numbers: retrieval.AttributeType.NUMBERS, mixed: retrieval.AttributeType.UNSPECIFIED,
};

/** Attributes with their types, and a version that is the same wherever they are the same. */
export function catalogueDescription(types: Readonly<Record<string, AttributeType>>): MessageInitShape<typeof retrieval.DescribeCatalogueResponseSchema> {
  const { lo, hi } = hash64(JSON.stringify(types));
  return { version: `${hi.toString(16)}${lo.toString(16).padStart(8, '0')}`, attributes: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, TYPES[type]])) };
}
