import { features, type MessageInitShape } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { ReadUserState, UserStateReader, Visitor } from '@serendip/serving-domain';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { anonymousEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import type { Context } from '@serendip/shared-pipeline';
import { Gathered } from './gathered.js';
import type { PartitionOwners } from './partition-owners.js';

type Key = MessageInitShape<typeof features.UserStateKeySchema>;
type Client = GrpcClient<typeof features.FeatureStoreService>;
type Known = Exclude<Visitor, { readonly kind: 'nobody' }>;
type Call = Gathered<Key, features.UserStateResult>;

/** A state this old may lack events that were acknowledged: better to say so than to pretend. */
const MOST_AGE_MS = 1000;

/**
 * Reads user states from the feature store, those of the same moment in one call and each once: from the owner of the user's partition; from another replica where that does not
 * answer in half of the time, and from any where it is not known. UNAVAILABLE/USER_STATE_STALE when its partition lags behind the log.
 */
export class GrpcUserStateReader implements UserStateReader {
  private readonly anyone: Call;
  private readonly calls = new WeakMap<Client, Call>();

  constructor(client: Client, private readonly owners?: Pick<PartitionOwners, 'of' | 'another'>) {
    this.anyone = callOf(client);
  }

  async read(tenant: string, visitor: Visitor, context: Context): Promise<ReadUserState> {
    if (visitor.kind === 'nobody') return { record: new Uint8Array(0), mergedInto: '' };
    const result = await this.ask(tenant, visitor, context);
    if (result === undefined || result.status === features.ReadStatus.UNAVAILABLE) {
      throw new DomainError('UNAVAILABLE', 'USER_STATE_UNAVAILABLE', 'The feature store has no state of this partition now.');
    }
    if (result.ageMs > MOST_AGE_MS) {
      throw new DomainError('UNAVAILABLE', 'USER_STATE_STALE', `The state of this user is ${Math.round(result.ageMs)} ms behind the log.`);
    }
    return result;
  }

  private async ask(tenant: string, { kind, id }: Known, context: Context): Promise<features.UserStateResult | undefined> {
    const { owners } = this;
    const key = kind === 'user' ? { tenant, userId: id } : { tenant, anonymousId: id };
    const owner = owners?.of(partitionOf(tenant, kind === 'user' ? userEntity(id) : anonymousEntity(id)));
    if (owners === undefined || owner === undefined) return this.anyone.ask(key, context);
    try {
      const now = performance.now();
      return await this.callTo(owner).ask(key, { ...context, deadlineMs: now + (context.deadlineMs - now) / 2 });
    } catch (error) {
      if (!isDomainError(error) || !['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(error.code) || context.signal.aborted) throw error;
      // Not among all of them: calls go round these, and one that hangs would be asked again.
      const other = owners.another(owner);
      return (other === undefined ? this.anyone : this.callTo(other)).ask(key, context);
    }
  }

  private callTo(client: Client): Call {
    let call = this.calls.get(client);
    if (call === undefined) this.calls.set(client, (call = callOf(client)));
    return call;
  }
}

const callOf = (client: Client): Call =>
  new Gathered({ send: async (requests, options) => (await client.readUserStates({ requests }, options)).results, nameOf: (key) => JSON.stringify(key) });
