import { RANKING_FEATURES, requestedFeature, type FeatureReading, type FeatureStatus, type NamedFeature, type RankQuery, type RankerSpec } from '@serendip/ranking-domain';
import type { ItemColumns } from '@serendip/shared-catalogue';
import { ranking, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { UserStateView, bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';

const MOST = 200;
const statuses: Readonly<Record<FeatureStatus, ranking.FeatureStatus>> = {
  PRESENT: ranking.FeatureStatus.PRESENT, NULL_VALUE: ranking.FeatureStatus.NULL_VALUE, NOT_FOUND: ranking.FeatureStatus.NOT_FOUND, OUTSIDE_MAX_AGE: ranking.FeatureStatus.OUTSIDE_MAX_AGE,
};

/** Only a request that retrieves has these. */
const isOfRequest = ({ computed }: Pick<NamedFeature, 'computed'>): boolean => computed === 'retrieval' || computed === 'model';
const READABLE = RANKING_FEATURES.filter((feature) => !isOfRequest(feature)).map(({ name }) => name);

type FeatureQuery = Pick<RankQuery, 'state' | 'columns' | 'candidates' | 'context'>;

/** What is asked for, as the domain takes it. Throws INVALID_ARGUMENT: FEATURE_UNKNOWN for a name that can't be read, FEATURES_TOO_MANY for too many items or names. */
export function featureQuery({ userState, itemIds, names, context, nowMs }: ranking.ReadFeaturesRequest, columns: ItemColumns): { readonly names: readonly string[]; readonly query: FeatureQuery } {
  if (itemIds.length > MOST || names.length > MOST) throw new DomainError('INVALID_ARGUMENT', 'FEATURES_TOO_MANY', `At most ${MOST} features of ${MOST} items can be read at once.`);
  names.forEach(requireReadable);
  const ordinals = Int32Array.from(itemIds, (id) => {
    const row = columns.rowOfId(id);
    return row < 0 ? -1 : columns.ordinal[row]!;
  });
  const nothing = new Float32Array(ordinals.length);
  const candidates = { ordinals, scores: nothing, personalScores: nothing, nextScores: nothing };
  return { names: names.length === 0 ? READABLE : names, query: { state: new UserStateView(userState), columns, candidates, context: { nowMs, visit: context } } };
}

export function featuresResponse(names: readonly string[], reading: FeatureReading): MessageInitShape<typeof ranking.ReadFeaturesResponseSchema> {
  return { names: [...names], values: bytesOf(reading.values), ...statusesOf(reading) };
}

export function statusesOf(reading: Pick<FeatureReading, 'statuses' | 'newestMs'>) {
  return { statuses: reading.statuses.map((status) => statuses[status]), newestMs: bytesOf(reading.newestMs) };
}

/** What rows that are to be explained were made of; undefined where that is not said. Throws INVALID_ARGUMENT/COLUMNS_UNEVEN unless each row has an ordinal and both scores. */
export function explainedQuery(request: ranking.ExplainRowsRequest, { columns, spec }: { readonly columns: ItemColumns; readonly spec: Pick<RankerSpec, 'features' | 'taste'> }): FeatureQuery | undefined {
  const ordinals = int32sOf(request.ordinals);
  const { length } = ordinals;
  if (length === 0) return undefined;
  const [personalScores, nextScores] = [float32sOf(request.personalScores), float32sOf(request.nextScores)];
  if ([personalScores.length, nextScores.length, float32sOf(request.features).length / spec.features.length].some((count) => count !== length)) {
    throw new DomainError('INVALID_ARGUMENT', 'COLUMNS_UNEVEN', 'The columns of the rows have different lengths.');
  }
  const nothing = new Float32Array(length);
  return {
    state: new UserStateView(request.userState), columns, context: { nowMs: request.nowMs, visit: request.context },
    candidates: { ordinals, personalScores, nextScores, scores: nothing, ...(spec.taste === undefined ? {} : { tasteScores: nothing }) },
  };
}

function requireReadable(name: string): void {
  if (isOfRequest(requestedFeature(name))) throw new DomainError('INVALID_ARGUMENT', 'FEATURE_UNKNOWN', `The feature '${name}' is of candidates that were retrieved: \`explain\` of a recommendation has it.`);
}
