import { contextFacts, userFacts } from '@serendip/platform-expressions';
import { events, fromBinary } from '@serendip/shared-contracts';
import type { FactsReader, RecommendationRequest, Visitor } from '@serendip/serving-domain';
import { UserStateView } from '@serendip/shared-layouts';
import { attributeOf } from '../context-message.js';
import type { RequestFacts } from './planned-rules.js';

/** Reads who asks from the profile in their state, and from where from the request. */
export class ProfileFacts implements FactsReader {
  factsOf({ visitor, context, nowMs }: RecommendationRequest, userState: Uint8Array): RequestFacts {
    return { user: userOf(visitor, new UserStateView(userState).profile), context: contextFacts(context, nowMs), nowMs };
  }
}

function userOf(visitor: Visitor, record: Uint8Array): RequestFacts['user'] {
  const { id, attributes } = fromBinary(events.UserProfileSchema, record);
  const values = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]));
  return userFacts(visitor.kind === 'user' ? visitor.id : id, values);
}
