import { Controller, Inject } from '@nestjs/common';
import { EventLog } from '@serendip/events-domain';
import type { StateStore } from '@serendip/features-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { events, features, fromBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { UserStateView } from '@serendip/shared-layouts';
import { STATE_STORE } from '../tokens.js';
import { userKey } from '../user-key.js';
import { Erasure } from './erasure.js';
import { recordsOf } from './person-log.js';
import { personState } from './person.mapper.js';
import { findPerson, idsOf } from './person.js';

const EVENTS_AT_ONCE = 200;
/** For the answer to be heard, milliseconds. */
const ANSWER_MS = 200;

/** All that is held of a person. */
@Controller()
export class PeopleController implements Handlers<typeof features.PeopleService> {
  constructor(@Inject(STATE_STORE) private readonly store: StateStore, private readonly log: EventLog, private readonly erasure: Erasure) {}

  @Rpc(features.PeopleService, 'exportPerson')
  async *exportPerson({ user }: features.ExportPersonRequest): AsyncGenerator<MessageInitShape<typeof features.ExportPersonResponseSchema>> {
    userKey(user);
    const person = await findPerson(this.store, user!);
    const ids = idsOf(person);
    // The user's own state holds what visitors had: theirs is gone once they are merged.
    const [record] = await this.store.reader.users([ids.at(-1)!.key]);
    const state = record === undefined ? undefined : new UserStateView(record);
    yield {
      part: {
        case: 'person',
        value: {
          userId: person.userId, anonymousIds: [...person.anonymousIds],
          ...(state === undefined ? {} : { state: await personState(state, { tenant: person.tenant, catalogue: this.store.catalogue }) }),
          ...(state === undefined || state.profile.length === 0 ? {} : { profile: fromBinary(events.UserProfileSchema, state.profile) }),
        },
      },
    };
    for (const all of await recordsOf(this.log, ids)) {
      for (let at = 0; at < all.length; at += EVENTS_AT_ONCE) yield { part: { case: 'events', value: { events: all.slice(at, at + EVENTS_AT_ONCE) } } };
    }
  }

  @Rpc(features.PeopleService, 'erasePerson')
  async erasePerson({ user }: features.ErasePersonRequest, { deadlineMs }: CallContext): Promise<MessageInitShape<typeof features.ErasePersonResponseSchema>> {
    userKey(user);
    return { erased: [...await this.erasure.erase(user!, deadlineMs - ANSWER_MS)] };
  }
}
