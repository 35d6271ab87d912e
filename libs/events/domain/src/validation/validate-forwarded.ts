import type { EventFields } from '../model/event-fields.js';
import { fault, type EventFault } from './event-fault.js';
import { isId } from './values.js';

/**
 * The first fault of an event that one partition's processor sends to the partition of its user; undefined when it is valid. It
 * was valid when a client sent it, so nothing is checked but what its way needs; it may have any age.
 */
export function validateForwarded({ tenant, type, userId, anonymousId, payload, cause }: EventFields): EventFault | undefined {
  if (cause === undefined) return fault('CAUSE_MISSING', 'An event that is forwarded names its cause.');
  if (tenant === '' || !isId(userId) || anonymousId !== '') return fault('WHO_MISSING', 'An event that is forwarded names its tenant and its user.');
  const isMerge = type === '$merge' && payload.case === 'merge';
  if (!isMerge && (type.startsWith('$') || payload.case !== undefined)) return fault('TYPE_RESERVED', `Events of type ${type} are not forwarded.`);
  return undefined;
}
