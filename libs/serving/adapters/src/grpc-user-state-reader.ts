import { features, type MessageInitShape } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { ReadUserState, UserStateReader, Visitor } from '@serendip/serving-domain';
import { DomainError } from '@serendip/shared-errors';
import type { Context } from '@serendip/shared-pipeline';
import { Gathered } from './gathered.js';

type Key = MessageInitShape<typeof features.UserStateKeySchema>;

/** A state this old may lack events that were acknowledged: better to say so than to pretend. */
const MOST_AGE_MS = 1000;

/** Reads user states from the feature store, those of the same moment in one call and each once. UNAVAILABLE/USER_STATE_STALE when its partition lags behind the log. */
export class GrpcUserStateReader implements UserStateReader {
  private readonly call: Gathered<Key, features.UserStateResult>;

  constructor(client: GrpcClient<typeof features.FeatureStoreService>) {
    this.call = new Gathered({ send: async (requests, options) => (await client.readUserStates({ requests }, options)).results, nameOf: (key) => JSON.stringify(key) });
  }

  async read(tenant: string, visitor: Visitor, context: Context): Promise<ReadUserState> {
    if (visitor.kind === 'nobody') return { record: new Uint8Array(0), mergedInto: '' };
    const key = visitor.kind === 'user' ? { tenant, userId: visitor.id } : { tenant, anonymousId: visitor.id };
    const result = await this.call.ask(key, context);
    if (result === undefined || result.status === features.ReadStatus.UNAVAILABLE) {
      throw new DomainError('UNAVAILABLE', 'USER_STATE_UNAVAILABLE', 'The feature store has no state of this partition now.');
    }
    if (result.ageMs > MOST_AGE_MS) {
      throw new DomainError('UNAVAILABLE', 'USER_STATE_STALE', `The state of this user is ${Math.round(result.ageMs)} ms behind the log.`);
    }
    return result;
  }
}
