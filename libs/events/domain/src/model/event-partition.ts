import { anonymousEntity, itemEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import type { EventFields } from './event-fields.js';

/** The partition of a valid event with its tenant: that of its user or anonymous visitor, or of the item for `$item`. */
export function partitionOfEvent(event: Pick<EventFields, 'tenant' | 'userId' | 'anonymousId' | 'payload'>): number {
  const { tenant, userId, anonymousId, payload } = event;
  if (payload.case === 'itemChange') return partitionOf(tenant, itemEntity(payload.value.item?.id ?? ''));
  return partitionOf(tenant, userId === '' ? anonymousEntity(anonymousId) : userEntity(userId));
}
