import type { RecommenderParts } from '../recommender.js';
import type { CandidateColumns, FoundDocuments, RankedCandidates, RetrievedCandidates } from '../ports.js';
import type { ItemDocument, PlacementPlan, RecommendationRequest } from '../recommendation.js';
import { boostOf, failedFilter, type ItemExpression } from '../selection/rules.js';
import { pinBits } from '../stages/pin-bits.js';

export function documentOf(ordinal: number, more: Partial<ItemDocument> = {}): ItemDocument {
  return {
    ordinal, version: 1, id: `item-${ordinal}`, deleted: false, available: true, publishedAtMs: -Infinity, expiresAtMs: Infinity,
    fields: { title: `Item ${ordinal}` }, ...more,
  };
}

export const planOf = (more: Partial<PlacementPlan> = {}): PlacementPlan => ({
  name: 'home', config: 1, sources: [{ name: 'popular', limit: 100, timeoutMs: 0, window: '' }], hideAfter: ['purchase'], retriever: 'retriever@1',
  ranker: 'ranker@1', objective: [], candidates: 100, logShare: 0, arms: [], rules: [], caps: [], diversity: 0, fill: 'fill-up', ...more,
});

export function requestOf(more: Partial<RecommendationRequest> = {}): RecommendationRequest {
  return {
    recommendationId: 'r-1', tenant: 'default', plan: planOf(), visitor: { kind: 'user', id: 'ann' }, seedItemIds: [], givenItemIds: [], excludeItemIds: [], shownOrdinals: [], limit: 10,
    context: {}, explain: false, logFeatures: false, nowMs: 1000, fresh: false, ...more,
  };
}

/** Working parts over items 0 to 99; each can be replaced by one that fails. */
export class FakeParts implements RecommenderParts {
  documentsByOrdinal = new Map<number, ItemDocument>(Array.from({ length: 100 }, (_, ordinal) => [ordinal, documentOf(ordinal)]));

  userStates: RecommenderParts['userStates'] = { read: async () => ({ record: new Uint8Array(0), mergedInto: '' }) };

  retriever: RecommenderParts['retriever'] = {
    retrieve: async ({ plan }): Promise<RetrievedCandidates> => {
      const ordinals = Int32Array.from({ length: plan.candidates }, (_, i) => i);
      return {
        ordinals, scores: Float32Array.from(ordinals, (ordinal) => -ordinal), personalScores: new Float32Array(ordinals.length),
        nextScores: new Float32Array(ordinals.length), sourceBits: new Uint16Array(ordinals.length).fill(1), sourceNames: ['popular'],
        retriever: plan.retriever, version: 'candidates@1', sources: [{ name: 'popular', found: ordinals.length, tookMs: 0.1, error: '' }], drops: [], searched: ordinals.length,
      };
    },
  };

  /** Ranks in the opposite of retrieval's order. */
  ranker: RecommenderParts['ranker'] = {
    rank: async ({ plan }, columns: CandidateColumns): Promise<RankedCandidates> => ({
      scores: Float32Array.from(columns.ordinals), ranker: plan.ranker, version: 'ranking@1',
    }),
  };

  /** Says that each feature contributes its value. */
  explainer: RecommenderParts['explainer'] = {
    explain: async (_request, { names, values }) => ({
      heads: [{ head: 'engage', weight: 1 }], headScores: values.filter((_, i) => i % names.length === 0), contributions: values, baseline: 0,
      words: names.map((name) => `the ${name}`), means: new Float32Array(names.length), logarithms: names.map(() => false),
      statuses: Array.from(values, (value) => (value === 0 ? 'NULL_VALUE' : 'PRESENT')), newestMs: new Float64Array(values.length).fill(NaN),
    }),
  };

  documents: RecommenderParts['documents'] = {
    read: async (_tenant, ordinals): Promise<FoundDocuments> => ({ documents: ordinals.map((ordinal) => this.documentsByOrdinal.get(ordinal)) }),
  };

  shared: RecommenderParts['shared'];

  now = (): number => 1000;

  facts: RecommenderParts['facts'] = { factsOf: () => ({}) };

  fallback: RecommenderParts['fallback'] = { items: () => [...this.documentsByOrdinal.values()] };
}

/** An expression that is a function of the document. */
export const expressionOf = (source: string, evaluate: (document: ItemDocument) => boolean | number): ItemExpression => ({ source, usesSeed: false, evaluate });

/** A retriever that holds to the rules as the embedding service does, by the documents as they are when it is made. */
export function filteringRetriever({ retriever, documentsByOrdinal }: FakeParts): RecommenderParts['retriever'] {
  const known = new Map(documentsByOrdinal);
  return {
    retrieve: async (request, { userState, rules }, context) => {
      const found = await retriever.retrieve(request, { userState, rules }, context);
      const failed = [...found.ordinals].map((ordinal) => failedFilter(rules, known.get(ordinal)!));
      const rows = [...found.ordinals.keys()].filter((row) => failed[row] === undefined);
      const documents = rows.map((row) => known.get(found.ordinals[row]!)!);
      const column = <T extends Float32Array | Int32Array | Uint16Array>(values: T): T => values.filter((_, row) => failed[row] === undefined) as T;
      return {
        ...found, ordinals: column(found.ordinals), scores: column(found.scores), personalScores: column(found.personalScores), nextScores: column(found.nextScores),
        sourceBits: column(found.sourceBits),
        drops: [...new Set(failed)].flatMap((filter) => (filter === undefined ? [] : [{ filter, dropped: failed.filter((each) => each === filter).length }])),
        ...(rules.boosts.length === 0 ? {} : { boosts: Float32Array.from(documents, (document) => boostOf(rules, document)) }),
        ...(rules.pins.length === 0 ? {} : { pinMatches: Uint16Array.from(documents, (document) => pinBits(rules, document)) }),
      };
    },
  };
}

/** A retriever that says of some candidates, and of items behind them, that they may be explored; as the embedding service does, of what passes the rules and was not shown. */
export function exploringRetriever({ retriever, documentsByOrdinal }: FakeParts, pool: readonly number[]): RecommenderParts['retriever'] {
  const known = new Map(documentsByOrdinal);
  return {
    retrieve: async (request, { userState, rules }, context) => {
      const found = await retriever.retrieve(request, { userState, rules }, context);
      const bit = 1 << found.sourceNames.length;
      const may = new Set(pool.filter((ordinal) => known.has(ordinal) && failedFilter(rules, known.get(ordinal)!) === undefined));
      const ordinals = Int32Array.of(...found.ordinals, ...[...may].filter((ordinal) => !found.ordinals.includes(ordinal)));
      const longer = (column: Float32Array): Float32Array => Float32Array.from(ordinals, (ordinal, i) => column[i] ?? -ordinal);
      return {
        ...found, ordinals, scores: longer(found.scores), personalScores: longer(found.personalScores), nextScores: longer(found.nextScores), sourceNames: [...found.sourceNames, 'exploration'],
        sourceBits: Uint16Array.from(ordinals, (ordinal, i) => (found.sourceBits[i] ?? 0) | (may.has(ordinal) ? bit : 0)),
        ...(found.boosts === undefined ? {} : { boosts: longer(found.boosts).map((boost, i) => (i < found.ordinals.length ? boost : 1)) }),
        ...(found.pinMatches === undefined ? {} : { pinMatches: Uint16Array.from(ordinals, (ordinal) => pinBits(rules, known.get(ordinal)!)) }),
      };
    },
  };
}
