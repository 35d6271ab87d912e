import type { CatalogueReader, ItemKey } from '@serendip/features-domain';
import type { MessageInitShape, features } from '@serendip/shared-contracts';
import { eventTypeName, type UserStateView } from '@serendip/shared-layouts';
import { userEvent } from '../feature-store.mapper.js';

const TYPES = 32;

const counting = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const typesOf = (mask: number): string[] => counting(TYPES).filter((code) => (mask & (1 << code)) !== 0).map(eventTypeName);

/** A state as its person may read it: ids in place of hashes, where the catalogue has the item. */
export async function personState(state: UserStateView, { tenant, catalogue }: { readonly tenant: string; readonly catalogue: CatalogueReader }): Promise<MessageInitShape<typeof features.PersonStateSchema>> {
  const keys: ItemKey[] = [
    ...counting(state.interactions).map((i) => ({ tenant, lo: state.itemLo(i), hi: state.itemHi(i) })),
    ...counting(state.seen).map((i) => ({ tenant, lo: state.seenLo(i), hi: state.seenHi(i) })),
    ...counting(state.impressions).map((i) => ({ tenant, lo: state.impressionLo(i), hi: state.impressionHi(i) })),
  ];
  const items = await catalogue.itemsByHash(keys);
  const ids = items.map((item) => item?.id ?? '');
  const seenAt = state.interactions;
  const shownAt = seenAt + state.seen;
  return {
    firstTimeMs: state.firstTimeMs, lastTimeMs: state.lastTimeMs, sessionStartMs: state.sessionStartMs, sessionEvents: state.sessionEvents,
    interactions: counting(state.interactions).map((i) => userEvent(state, i, ids[i]!)),
    counters: counting(state.counters).map((i) => ({ type: eventTypeName(state.counterType(i)), total: state.counterTotal(i) })),
    seen: counting(state.seen).map((i) => ({ itemId: ids[seenAt + i]!, types: typesOf(state.seenMask(i)) })),
    shown: counting(state.impressions).map((i) => ({ itemId: ids[shownAt + i]!, lastTimeMs: state.impressionTimeMs(i), count: state.impressionCount(i) })),
  };
}
