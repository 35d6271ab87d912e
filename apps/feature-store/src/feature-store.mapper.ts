import type { StoredItem } from '@serendip/features-domain';
import { events, fromBinary, type MessageInitShape, type features } from '@serendip/shared-contracts';
import { eventTypeName, type UserStateView } from '@serendip/shared-layouts';

/** An item as the wire has it. */
export function catalogueEntry({ ordinal, version, deleted, document }: StoredItem) {
  return { ordinal, version, deleted, item: fromBinary(events.ItemSchema, document) };
}

/** The i-th interaction of a state as the wire has it, with an item whose id is known. */
export function userEvent(state: UserStateView, i: number, itemId: string): MessageInitShape<typeof features.UserEventSchema> {
  const value = state.value(i);
  return { type: eventTypeName(state.type(i)), itemId, eventTimeMs: state.timeMs(i), ...(Number.isNaN(value) ? {} : { value }) };
}
