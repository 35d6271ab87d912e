import type { UserKey } from '@serendip/features-domain';
import type { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { anonymousEntity, userEntity } from '@serendip/shared-identity';

/** Throws INVALID_ARGUMENT/USER_KEY_INVALID. */
export function userKey(key: features.UserStateKey | undefined): UserKey {
  if (key === undefined || (key.userId === '') === (key.anonymousId === '')) {
    throw new DomainError('INVALID_ARGUMENT', 'USER_KEY_INVALID', 'A user is named by exactly one of user_id and anonymous_id.');
  }
  return { tenant: key.tenant, entity: key.userId === '' ? anonymousEntity(key.anonymousId) : userEntity(key.userId) };
}
