import { describe, expect, it } from '@jest/globals';
import { ITEM_STATISTICS_WIDTH, emptyStatistics, statisticColumn } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { ItemColumns, type AttributeValue, type CatalogueItem } from './index.js';

function item(ordinal: number, more: Partial<CatalogueItem> = {}): CatalogueItem {
  return {
    ordinal, version: 1, deleted: false, id: `item-${ordinal}`, title: `Item ${ordinal}`, categories: ['a'], tags: [], price: 9.5,
    available: true, publishedAtMs: -Infinity, expiresAtMs: Infinity, attributes: {}, ...more,
  };
}

describe('ItemColumns', () => {
  it('finds items by ordinal, hash and id after growing past its first capacity', () => {
    const columns = new ItemColumns();
    columns.apply(Array.from({ length: 5000 }, (_, i) => item(i * 64 + 3)));
    expect(columns.size).toBe(5000);
    for (const i of [0, 1023, 1024, 4999]) {
      const row = columns.rowOf(i * 64 + 3);
      expect(columns.id(row)).toBe(`item-${i * 64 + 3}`);
      expect(columns.rowOfId(columns.id(row))).toBe(row);
      expect(columns.price[row]).toBe(9.5);
    }
    expect(columns.rowOf(4)).toBe(-1);
    expect(columns.rowOf(10_000_000)).toBe(-1);
    expect(columns.rowOfId('nobody')).toBe(-1);
  });

  it('keeps the newest version whatever order versions come in', () => {
    const columns = new ItemColumns();
    columns.apply([item(1, { version: 3, title: 'new' })]);
    expect(columns.apply([item(1, { version: 2, title: 'old' })])).toBe(0);
    expect(columns.title(columns.rowOf(1))).toBe('new');
  });

  it('shows only what exists, is available, published and not expired', () => {
    const columns = new ItemColumns();
    columns.apply([
      item(0), item(1, { deleted: true }), item(2, { available: false }), item(3, { publishedAtMs: 101 }), item(4, { expiresAtMs: 100 }),
    ]);
    expect([0, 1, 2, 3, 4].map((ordinal) => columns.eligible(columns.rowOf(ordinal), 100))).toEqual([true, false, false, false, false]);
  });

  it('knows the tags of a row, apart from a text attribute called tag', () => {
    const columns = new ItemColumns();
    columns.apply([item(1, { tags: ['new', 'sale'], attributes: { tag: 'odd', brand: 'acme' } }), item(2, { tags: ['odd'] })]);
    const [first, second] = [columns.rowOf(1), columns.rowOf(2)] as const;
    expect(Array.from({ length: columns.tagCount(first) + 1 }, (_, i) => columns.tag(first, i))).toEqual(['new', 'sale', undefined]);
    expect(['new', 'odd', 'none'].map((tag) => columns.hasTag(first, tag))).toEqual([true, false, false]);
    expect(columns.hasTag(second, 'odd')).toBe(true);
    expect(Array.from(columns.labelsOf(first), (label) => columns.labels.name(label))).toEqual(['tag=new', 'tag=sale', 'tag=odd', 'brand=acme']);
    columns.apply([item(1, { version: 2 })]);
    expect([columns.tagCount(first), columns.hasTag(first, 'new')]).toEqual([0, false]);
  });

  it('knows the types of the attributes that items have, however they come and go', () => {
    const value = fc.constantFrom<AttributeValue>('a', 'b', 1, 2, true, false, ['x'], [1], []);
    const change = fc.record({ ordinal: fc.nat(4), attributes: fc.dictionary(fc.constantFrom('p', 'q', '__proto__', 'constructor'), value, { noNullPrototype: true }) });
    fc.assert(fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const columns = new ItemColumns();
      const items = new Map<number, CatalogueItem['attributes']>();
      changes.forEach(({ ordinal, attributes }, version) => {
        columns.apply([item(ordinal, { version: version + 1, attributes })]);
        items.set(ordinal, attributes);
        expect(columns.attributeTypes()).toBe(columns.attributeTypes());
      });
      const kinds = new Map<string, Set<string>>();
      for (const attributes of items.values()) {
        for (const [name, of] of Object.entries(attributes)) {
          if (!Array.isArray(of)) kinds.set(name, (kinds.get(name) ?? new Set()).add(typeof of));
          else if (of.length > 0) kinds.set(name, (kinds.get(name) ?? new Set()).add(`${typeof of[0]}s`));
        }
      }
      expect(Object.entries(columns.attributeTypes())).toEqual([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, types]) => [name, types.size > 1 ? 'mixed' : [...types][0]]));
    }));
  });

  it('replaces statistics by ordinal and passes over unknown ones', () => {
    const columns = new ItemColumns();
    columns.apply([item(7)]);
    const rows = new Float64Array(2 * ITEM_STATISTICS_WIDTH);
    rows.set(emptyStatistics(), 0);
    rows[ITEM_STATISTICS_WIDTH + statisticColumn('rating_sum')] = 12;
    columns.applyStatistics(Int32Array.of(99, 7), rows);
    expect(columns.statistic(columns.rowOf(7), 'rating_sum')).toBe(12);
  });
});
