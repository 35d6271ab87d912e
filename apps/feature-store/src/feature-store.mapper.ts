import type { StoredItem } from '@serendip/features-domain';
import { events, fromBinary } from '@serendip/shared-contracts';

/** An item as the wire has it. */
export function catalogueEntry({ ordinal, version, deleted, document }: StoredItem) {
  return { ordinal, version, deleted, item: fromBinary(events.ItemSchema, document) };
}
