import type { Completion, EventFault, ImportState } from '@serendip/events-domain';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';

export type Result = MessageInitShape<typeof events.EventResultSchema>;

export const accepted: Result = create(events.EventResultSchema, { status: events.EventStatus.ACCEPTED });

export const rejected = ({ reason, detail }: EventFault): Result => create(events.EventResultSchema, { status: events.EventStatus.REJECTED, reason, detail });

export const importMessage = ({ id, name, lastBatch, accepted, rejected }: ImportState): MessageInitShape<typeof events.ImportSchema> => ({ id, name, lastBatch, accepted, rejected });

/** The message as it will stand in the log; changes it in place. */
export function complete(event: events.Event, { importPosition, ...fields }: Completion): events.Event {
  return Object.assign(event, fields, { importPosition: importPosition && create(events.ImportPositionSchema, { ...importPosition }) });
}

export const encode = (event: events.Event): Uint8Array => toBinary(events.EventSchema, event);
