import { namedFeature, type RankOutcome, type RankQuery, type RankerSpec, type RowExplanation } from '@serendip/ranking-domain';
import type { ItemColumns } from '@serendip/shared-catalogue';
import type { MessageInitShape, ranking } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { UserStateView, bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';

/** A request of the wire as the domain takes it. Throws INVALID_ARGUMENT/COLUMNS_UNEVEN when its columns differ in length. */
export function rankQuery(request: ranking.RankRequest, columns: ItemColumns): RankQuery {
  const candidates = {
    ordinals: int32sOf(request.ordinals), scores: float32sOf(request.scores), personalScores: float32sOf(request.personalScores), nextScores: float32sOf(request.nextScores),
  };
  const { length } = candidates.ordinals;
  if (Object.values(candidates).some((column) => column.length !== length)) {
    throw new DomainError('INVALID_ARGUMENT', 'COLUMNS_UNEVEN', 'The candidate columns have different lengths.');
  }
  return {
    state: new UserStateView(request.userState),
    columns,
    candidates,
    context: { nowMs: request.nowMs, visit: request.context },
    objective: request.objective.map(({ head, weight }) => ({ head, weight })),
    featureRows: request.featureRows,
  };
}

export function rankResult({ scores, rows }: RankOutcome, { name, features }: Pick<RankerSpec, 'name' | 'features'>): MessageInitShape<typeof ranking.RankResultSchema> {
  return {
    scores: bytesOf(scores),
    ranker: name,
    ...(rows === undefined ? {} : { featureNames: [...features], featureOrdinals: bytesOf(rows.ordinals), features: bytesOf(rows.features) }),
  };
}

export function explainResponse({ weights, headScores, contributions, baseline }: RowExplanation, { heads, features, means }: RankerSpec): MessageInitShape<typeof ranking.ExplainRowsResponseSchema> {
  return {
    heads: heads.map(({ name }, i) => ({ head: name, weight: weights[i]! })),
    headScores: bytesOf(headScores),
    contributions: bytesOf(contributions),
    baseline,
    words: features.map((name) => namedFeature(name).words),
    logarithms: features.map((name) => namedFeature(name).isLogarithm),
    means: bytesOf(means),
  };
}
