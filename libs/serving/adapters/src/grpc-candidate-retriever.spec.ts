import { describe, expect, it } from '@jest/globals';
import type { GrpcClient } from '@serendip/platform-grpc';
import { create, retrieval, type MessageInitShape } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import type { AppliedRules, ItemExpression, RecommendationRequest } from '@serendip/serving-domain';
import { expressionOf, planOf, requestOf } from '@serendip/serving-domain/testing';
import { GrpcCandidateRetriever } from './grpc-candidate-retriever.js';

const context = { deadlineMs: Infinity, signal: new AbortController().signal };
const none: AppliedRules = { filters: [], boosts: [], pins: [], caps: [], diversity: 0, fill: 'fill-up', facts: {} };
const named = (rule: string, source: string): { readonly rule: string; readonly expression: ItemExpression } => ({ rule, expression: expressionOf(source, () => true) });

async function ask(request: RecommendationRequest, rules: AppliedRules, result: MessageInitShape<typeof retrieval.CandidateResultSchema> = {}) {
  const asked: MessageInitShape<typeof retrieval.CandidateRequestSchema>[] = [];
  const client = {
    retrieveCandidates: async ({ requests }: MessageInitShape<typeof retrieval.RetrieveCandidatesRequestSchema>) => {
      asked.push(...requests!);
      return create(retrieval.RetrieveCandidatesResponseSchema, { results: requests!.map(() => result) });
    },
  } as unknown as GrpcClient<typeof retrieval.EmbeddingService>;
  const answer = await new GrpcCandidateRetriever(client).retrieve(request, { userState: new Uint8Array(0), rules }, context);
  return { asked: asked[0]!, answer };
}

describe('GrpcCandidateRetriever', () => {
  it('sends the expressions of the rules and answers boosts, pins and what each rule took out', async () => {
    const rules: AppliedRules = { ...none, filters: [named('tenant:adult', 'a'), named('request:filter', 'b')], boosts: [named('placement:margin', 'c')], pins: [{ ...named('placement:hero', 'd'), slot: 1 }] };
    const { asked, answer } = await ask(requestOf({ visitor: { kind: 'user', id: 'ann' } }), rules, {
      ordinals: bytesOf(Int32Array.of(7)), boosts: bytesOf(Float32Array.of(2.5)), pinMatches: bytesOf(Uint16Array.of(1)),
      drops: [{ filter: 'seen', dropped: 1 }, { filter: 'filter:1', dropped: 2 }, { filter: 'filter:9', dropped: 3 }],
    });
    expect(asked).toMatchObject({ filters: ['a', 'b'], boosts: ['c'], pins: ['d'], userId: 'ann' });
    expect([...answer.boosts!, ...answer.pinMatches!]).toEqual([2.5, 1]);
    expect(answer.drops).toEqual([{ filter: 'seen', dropped: 1 }, { filter: 'request:filter', dropped: 2 }, { filter: 'filter:9', dropped: 3 }]);
  });

  it('says nothing of expressions where there are none', async () => {
    const { asked, answer } = await ask(requestOf({ plan: planOf(), visitor: { kind: 'anonymous', id: 'x' } }), none);
    for (const name of ['filters', 'boosts', 'pins', 'userId']) expect(asked).not.toHaveProperty(name);
    expect([answer.boosts, answer.pinMatches]).toEqual([undefined, undefined]);
  });
});
