import { UserStateView } from '@serendip/shared-layouts';
import type { Context, Hydrator } from '@serendip/shared-pipeline';
import type { UserStateReader } from '../ports.js';
import type { Query } from '../query.js';

/** Reads the visitor's state; without it the answer goes on from context and popularity, and says so. */
export class UserState implements Hydrator<Query> {
  readonly name = 'user-state';

  constructor(private readonly reader: UserStateReader, readonly timeoutMs: number) {}

  enabled({ request }: Query): boolean {
    return request.visitor.kind !== 'nobody';
  }

  async hydrate({ request }: Query, context: Context): Promise<Partial<Query>> {
    const { record: userState, mergedInto } = await this.reader.read(request.tenant, request.visitor, context);
    new UserStateView(userState);
    return { userState, mergedInto, userStateKnown: true };
  }
}
