import { userEntity } from '@serendip/shared-identity';
import { redirectOf } from './redirect.js';
import type { StateReader, UserKey } from './state-reader.js';

/** A state record and whose it is: the user's, where the visitor that was asked for has become one. */
export interface ReadState {
  readonly key: UserKey;
  readonly record: Uint8Array | undefined;
  /** The user that an anonymous visitor has become; else ''. */
  readonly mergedInto: string;
}

/** The states of users and anonymous visitors, in order. */
export async function readStates(reader: Pick<StateReader, 'users'>, keys: readonly UserKey[]): Promise<readonly ReadState[]> {
  const records = await reader.users(keys);
  const found = records.map((record, i): ReadState => {
    const userId = redirectOf(record);
    if (userId === undefined) return { key: keys[i]!, record, mergedInto: '' };
    return { key: { tenant: keys[i]!.tenant, entity: userEntity(userId) }, record: undefined, mergedInto: userId };
  });
  if (found.every(({ mergedInto }) => mergedInto === '')) return found;
  const followed = await reader.users(found.map(({ key }) => key));
  return found.map((state, i) => (state.mergedInto === '' ? state : { ...state, record: followed[i] }));
}
