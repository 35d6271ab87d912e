import { redirectOf, visitorsKey, visitorsOf, type StateStore, type UserKey } from '@serendip/features-domain';
import { anonymousEntity, partitionOf, userEntity, type Entity } from '@serendip/shared-identity';

/** A user with every visitor that has become it, or a visitor that is nobody's. */
export interface Person {
  readonly tenant: string;
  /** Empty for a visitor. */
  readonly userId: string;
  readonly anonymousIds: readonly string[];
}

/** One id of a person, and where what is known under it lives. */
export interface PersonId {
  readonly userId: string;
  readonly anonymousId: string;
  readonly key: UserKey;
  readonly partition: number;
}

const NOTHING = { statistics: [], items: [], events: [], imports: [] };

/** Who somebody is. Of a visitor that has become a user: that user. */
export async function findPerson({ reader, partitions }: Pick<StateStore, 'reader' | 'partitions'>, named: { readonly tenant: string; readonly userId: string; readonly anonymousId: string }): Promise<Person> {
  const { tenant, anonymousId } = named;
  const [record] = named.userId === '' ? await reader.users([{ tenant, entity: anonymousEntity(anonymousId) }]) : [];
  const userId = named.userId || (redirectOf(record) ?? '');
  if (userId === '') return { tenant, userId, anonymousIds: [anonymousId] };
  const { users: [list] } = await partitions.find(partitionOf(tenant, userEntity(userId)), { ...NOTHING, users: [visitorsKey(tenant, userId)] });
  return { tenant, userId, anonymousIds: visitorsOf(list) };
}

/** Every id of a person, visitors first. */
export function idsOf({ tenant, userId, anonymousIds }: Person): readonly PersonId[] {
  const idOf = (named: { readonly userId: string; readonly anonymousId: string }, entity: Entity): PersonId => ({ ...named, key: { tenant, entity }, partition: partitionOf(tenant, entity) });
  return [
    ...anonymousIds.map((anonymousId) => idOf({ userId: '', anonymousId }, anonymousEntity(anonymousId))),
    ...(userId === '' ? [] : [idOf({ userId, anonymousId: '' }, userEntity(userId))]),
  ];
}
