import type { RankOutcome, RankQuery } from '@serendip/ranking-domain';
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
    contributions: request.contributions,
  };
}

export function rankResult({ scores, headScores, rows }: RankOutcome, { name, features, heads }: { readonly name: string; readonly features: readonly string[]; readonly heads: readonly { readonly name: string }[] }): MessageInitShape<typeof ranking.RankResultSchema> {
  return {
    scores: bytesOf(scores),
    heads: heads.map((head) => head.name),
    headScores: bytesOf(headScores),
    ranker: name,
    ...(rows === undefined ? {} : {
      featureNames: [...features],
      featureOrdinals: bytesOf(rows.ordinals),
      features: bytesOf(rows.features),
      ...(rows.contributions === undefined ? {} : { contributions: bytesOf(rows.contributions) }),
    }),
  };
}
