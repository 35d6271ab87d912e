import { describe, expect, it } from '@jest/globals';
import { FeatureReader, RANKING_FEATURES } from '@serendip/ranking-domain';
import { ItemColumns } from '@serendip/shared-catalogue';
import { create, ranking } from '@serendip/shared-contracts';
import { bytesOf, float32sOf, float64sOf } from '@serendip/shared-layouts';
import { explainedQuery, featureQuery, featuresResponse, statusesOf } from './features.mapper.js';

const columns = new ItemColumns();
columns.apply([{
  ordinal: 70, version: 1, deleted: false, id: 'lamp', title: '', categories: [], tags: [], price: Math.E - 1, available: true, publishedAtMs: 0, expiresAtMs: Infinity, attributes: {},
}]);
const asked = (more: Partial<ranking.ReadFeaturesRequest>) => featureQuery(Object.assign(create(ranking.ReadFeaturesRequestSchema, { nowMs: 1e12 }), more), columns);

describe('reading features', () => {
  it('is of items by their ids, with a status for each value', () => {
    const { names, query } = asked({ itemIds: ['lamp', 'nothing'], names: ['price_log', 'seen_count@30d'] });
    const { values, statuses, newestMs, names: answered } = featuresResponse(names, new FeatureReader(names).read(query));
    const { PRESENT, NOT_FOUND } = ranking.FeatureStatus;
    expect([answered, [...float32sOf(values as Uint8Array)], statuses]).toEqual([['price_log', 'seen_count@30d'], [1, 0, 0, 0], [PRESENT, NOT_FOUND, NOT_FOUND, NOT_FOUND]]);
    expect([...float64sOf(newestMs as Uint8Array)]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('is of every declared feature that needs no retrieval when none is named', () => {
    const { names } = asked({ itemIds: ['lamp'] });
    expect(names).toEqual(RANKING_FEATURES.filter(({ entity, name }) => entity !== 'candidate' && name !== 'taste_score').map(({ name }) => name));
  });

  it('refuses what is no feature, what only a retrieved candidate has, and too much', () => {
    for (const [names, reason] of [[['nonsense'], 'FEATURE_UNKNOWN'], [['price_log@1d'], 'FEATURE_UNKNOWN'], [['personal_score'], 'FEATURE_UNKNOWN'], [['taste_score@1d'], 'FEATURE_UNKNOWN'], [Array(201).fill('price_log'), 'FEATURES_TOO_MANY']] as const) {
      expect(() => asked({ names: [...names] })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason }));
    }
    expect(() => asked({ itemIds: Array(201).fill('lamp') })).toThrow(expect.objectContaining({ reason: 'FEATURES_TOO_MANY' }));
  });
});

describe('what stands behind rows that are explained', () => {
  const features = ['price_log', 'seen_count@30d', 'personal_score', 'next_score', 'taste_score'];
  const rowsOf = (more: Partial<ranking.ExplainRowsRequest> = {}) => Object.assign(create(ranking.ExplainRowsRequestSchema, { nowMs: 1e12 }), {
    features: bytesOf(new Float32Array(2 * features.length)), ordinals: bytesOf(Int32Array.of(70, 71)), personalScores: bytesOf(Float32Array.of(0.5, NaN)), nextScores: bytesOf(Float32Array.of(0, 2)), ...more,
  });

  it('is what a reader of features says, and of each item whether retrieval had a score', () => {
    const query = explainedQuery(rowsOf(), { columns, spec: { features } })!;
    const { PRESENT, NULL_VALUE, NOT_FOUND } = ranking.FeatureStatus;
    expect(statusesOf(new FeatureReader(features).read(query)).statuses).toEqual([PRESENT, NOT_FOUND, PRESENT, NULL_VALUE, NOT_FOUND, NOT_FOUND, NOT_FOUND, NULL_VALUE, PRESENT, NOT_FOUND]);
    const { query: read } = asked({ itemIds: ['lamp', 'nothing'] });
    const statuses = (names: string[], of: typeof read) => new FeatureReader(names).read(of).statuses;
    expect(statuses(features.slice(0, 2), query)).toEqual(statuses(features.slice(0, 2), read));
  });

  it('is left out where nobody says what they were made of, and refused for columns of other lengths', () => {
    expect(explainedQuery(rowsOf({ ordinals: new Uint8Array(0) }), { columns, spec: { features } })).toBeUndefined();
    for (const more of [{ nextScores: bytesOf(Float32Array.of(1)) }, { personalScores: new Uint8Array(0) }, { features: bytesOf(new Float32Array(features.length)) }]) {
      expect(() => explainedQuery(rowsOf(more), { columns, spec: { features } })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'COLUMNS_UNEVEN' }));
    }
  });
});
