import { userEntity } from '@serendip/shared-identity';
import { redirectOf } from './redirect.js';
import type { StateReader, UserKey } from './state-reader.js';

/** A state record and whose it is: the user's, where the visitor that was asked for has become one. */
export interface ReadState {
  readonly key: UserKey;
  readonly record: Uint8Array | undefined;
}

/** The states of users and anonymous visitors, in order. */
export async function readStates(reader: StateReader, keys: readonly UserKey[]): Promise<readonly ReadState[]> {
  const records = await reader.users(keys);
  const found = records.map((record, i): ReadState => {
    const userId = redirectOf(record);
    return userId === undefined ? { key: keys[i]!, record } : { key: { tenant: keys[i]!.tenant, entity: userEntity(userId) }, record: undefined };
  });
  if (found.every(({ key }, i) => key === keys[i])) return found;
  const followed = await reader.users(found.map(({ key }) => key));
  return found.map(({ key, record }, i) => (key === keys[i] ? { key, record } : { key, record: followed[i] }));
}
