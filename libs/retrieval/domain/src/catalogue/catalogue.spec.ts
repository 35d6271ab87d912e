import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeCatalogue } from '../testing/index.js';
import type { CatalogueView } from './catalogue-view.js';
import { Derived } from './derived.js';
import { EligibleRows } from './eligible-rows.js';
import { popularityOrder } from './popularity-order.js';
import { TenantCatalogues } from './tenant-catalogues.js';

const moment = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(-Infinity, Infinity, NaN));

describe('EligibleRows', () => {
  it('are exactly those that are eligible, whatever order times come in', () => {
    fc.assert(fc.property(fc.array(fc.record({ publishedAtMs: moment, expiresAtMs: moment, available: fc.boolean() }), { maxLength: 20 }), fc.array(fc.integer({ min: 0, max: 21 })), (items, times) => {
      const catalogue = new FakeCatalogue(items.map((item, i) => ({ id: `${i}`, ...item })));
      const eligible = new EligibleRows(catalogue);
      for (const nowMs of times) {
        const expected = items.map((_, row) => row).filter((row) => catalogue.columns.eligible(row, nowMs));
        const { rows, mask } = eligible.at(nowMs);
        expect([...rows]).toEqual(expected);
        expect([...mask]).toEqual(items.map((_, row) => (expected.includes(row) ? 1 : 0)));
      }
    }));
  });

  it('follow changes and new items at once', () => {
    const catalogue = new FakeCatalogue([{ id: 'a' }]);
    const eligible = new EligibleRows(catalogue);
    expect([...eligible.at(1).rows]).toEqual([0]);
    catalogue.put([{ id: 'a', deleted: true }, { id: 'b' }]);
    expect([...eligible.at(1).rows]).toEqual([1]);
  });
});

describe('Derived', () => {
  it('is built again when the revision has changed, at most once in the interval', () => {
    let now = 0;
    let built = 0;
    const derived = new Derived(() => ++built, () => now, 1000);
    expect([derived.at(1), derived.at(1), derived.at(2)]).toEqual([1, 1, 1]);
    now = 1000;
    expect([derived.at(2), derived.at(2), derived.at(3)]).toEqual([2, 2, 2]);
  });
});

describe('popularityOrder', () => {
  it('knows only items that something has happened to, in shares of the most popular', () => {
    const { columns } = new FakeCatalogue([
      { id: 'some', statistics: { engagement_total: 2 } }, { id: 'none' }, { id: 'most', statistics: { engagement_total: 8 } }, { id: 'odd', statistics: { engagement_total: NaN } },
    ]);
    const { rows, logShare } = popularityOrder(columns, 'engagement_total');
    expect([...rows]).toEqual([2, 0]);
    expect(Math.exp(logShare[0]!)).toBeCloseTo(0.25);
    expect([logShare[1], logShare[2], logShare[3]]).toEqual([-Infinity, 0, -Infinity]);
  });
});

describe('TenantCatalogues', () => {
  it('keeps what is derived for as long as the view is the same', () => {
    const views = [new FakeCatalogue(), new FakeCatalogue()];
    let view: CatalogueView | undefined = views[0];
    const catalogues = new TenantCatalogues({ view: () => view }, () => 0);
    const first = catalogues.of('t');
    expect(catalogues.of('t')).toBe(first);
    view = views[1];
    expect(catalogues.of('t')).not.toBe(first);
    view = undefined;
    expect(catalogues.of('t')).toBeUndefined();
  });
});
