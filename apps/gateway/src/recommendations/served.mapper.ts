import { contextMessage } from '@serendip/serving-adapters';
import { loggedRows, reserveOf, type Recommendation, type RecommendationRequest } from '@serendip/serving-domain';
import { bytesOf } from '@serendip/shared-layouts';
import type { EventMessage } from '../events/event.mapper.js';
import type { ShadowSlate } from './shadows.js';

/** An answer as it stands in the log; none for nobody's. */
export function servedEvent({ recommendationId, visitor, plan, tenant, limit, context, nowMs, seedItemIds }: RecommendationRequest, result: Recommendation, shadow?: ShadowSlate): EventMessage | undefined {
  if (visitor.kind === 'nobody') return undefined;
  const shown = result.items.map(({ ordinal }) => ordinal);
  const rows = result.featureRows === undefined ? undefined : loggedRows(result.featureRows, { shown, most: reserveOf(limit) });
  return {
    tenant,
    type: '$served',
    ...(visitor.kind === 'user' ? { userId: visitor.id } : { anonymousId: visitor.id }),
    placement: plan.name,
    items: [],
    ...(Object.keys(context).length === 0 ? {} : { context: contextMessage(context) }),
    payload: {
      case: 'served',
      value: {
        recommendationId,
        items: result.items.map(({ id, ordinal, score, source, propensity, isExplored }) => ({ itemId: id, ordinal, score, source, propensity, explored: isExplored })),
        asOfMs: nowMs,
        statePosition: result.userState?.position ?? 0,
        seedItemIds: [...seedItemIds],
        retriever: result.models.retriever ?? '',
        ranker: result.models.ranker ?? '',
        arms: plan.arms.map(({ experiment, arm }) => `${experiment}=${arm}`),
        ...(shadow === undefined ? {} : { shadow }),
        ...(rows === undefined ? {} : { featureNames: [...rows.names], features: bytesOf(rows.values), featureOrdinals: bytesOf(rows.ordinals) }),
      },
    },
  };
}
