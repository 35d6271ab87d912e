export const ITEMS = 50;
/** -1 for an id that is no item's. */
export const ordinalOf = (id: string): number => (/^item-\d+$/.test(id) ? Number(id.slice('item-'.length)) : -1);

/** An item of the fake catalogue: item-0 to item-49, the later the cheaper. */
export function entryOf(ordinal: number) {
  return {
    ordinal, version: 1, deleted: false,
    item: { id: `item-${ordinal}`, title: `Item ${ordinal}`, categories: ['Books'], price: 100 - ordinal, attributes: { colour: { value: { case: 'text' as const, value: 'red' } } } },
  };
}
