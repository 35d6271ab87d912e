import type { RetrievalRequest, RetrievalResult } from '@serendip/retrieval-domain';
import type { MessageInitShape, retrieval } from '@serendip/shared-contracts';
import { bytesOf, int32sOf } from '@serendip/shared-layouts';

/** A request of the wire as the domain takes it; one without a time is of `nowMs`. */
export function candidateRequest(request: retrieval.CandidateRequest, nowMs: number): RetrievalRequest {
  return { ...request, excludeOrdinals: int32sOf(request.excludeOrdinals), nowMs: request.nowMs === 0 ? nowMs : request.nowMs };
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
    retriever: result.retriever,
  };
}
