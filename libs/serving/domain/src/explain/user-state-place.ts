import { anonymousEntity, partitionOf, userEntity, type Entity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import type { Query } from '../query.js';
import type { LogPlace, Visitor } from '../recommendation.js';

/** Where in the log the user state of an answer that explains itself or is logged ends; nothing for nobody and where it could not be read. */
export function userStatePlace({ request: { tenant, visitor, explain, logFeatures }, userState, userStateKnown, mergedInto }: Query): { readonly userState?: LogPlace } {
  if (!(explain || logFeatures) || !userStateKnown) return {};
  const entity = entityOf(visitor, mergedInto);
  if (entity === undefined) return {};
  return { userState: { partition: partitionOf(tenant, entity), position: new UserStateView(userState).position } };
}

function entityOf(visitor: Visitor, mergedInto: string): Entity | undefined {
  if (visitor.kind === 'nobody') return undefined;
  if (mergedInto !== '') return userEntity(mergedInto);
  return visitor.kind === 'user' ? userEntity(visitor.id) : anonymousEntity(visitor.id);
}
