import { describe, expect, it } from '@jest/globals';
import { Environment } from '@marcbachmann/cel-js';
import { ItemColumns } from '@serendip/shared-catalogue';
import { isDomainError } from '@serendip/shared-errors';
import fc from 'fast-check';
import { ColumnsItemView, DocumentItemView, compileExpression, type Bindings, type Facts } from './index.js';
import { NOW, randomBoost, randomFacts, randomFilter, randomItem, schema, type RandomItem } from './testing/random-expressions.js';

function columnsOf(items: readonly RandomItem[]): ItemColumns {
  const columns = new ItemColumns();
  columns.apply(items.map((item, i) => ({ ...item, id: item.id, ordinal: i, version: 1, deleted: false, expiresAtMs: Infinity, price: item.price ?? NaN, attributes: item.attributes as Record<string, string> })));
  return columns;
}

function inColumns(items: readonly RandomItem[]): ColumnsItemView[] {
  const columns = columnsOf(items);
  return items.map((_, row) => Object.assign(new ColumnsItemView(columns), { row }));
}

const inDocument = ({ id, available, publishedAtMs, ...fields }: RandomItem): DocumentItemView => new DocumentItemView({ id, available, publishedAtMs, fields });
const subsetOf = (expression: string): boolean => {
  try {
    compileExpression(expression, { kind: 'filter', schema });
    return true;
  } catch (error) {
    if (isDomainError(error) && /at most|another list macro/.test(error.message + error.metadata['hint'])) return false;
    throw error;
  }
};

class CelItem {
  [name: string]: unknown;
  constructor({ attributes, publishedAtMs, title, ...item }: RandomItem) {
    Object.assign(this, attributes, item, { title, publishedAt: Number.isFinite(publishedAtMs) ? new Date(publishedAtMs) : undefined });
  }
}

/** What the CEL library itself makes of it; an error counts as false. */
function inCel(source: string, { item, seed, user }: { readonly item: RandomItem; readonly seed: RandomItem; readonly user: Facts }): boolean {
  const fields = {
    id: 'string', title: 'string', categories: 'list<string>', tags: 'list<string>', price: 'double', publishedAt: 'google.protobuf.Timestamp', available: 'bool',
    margin: 'double', brand: 'string', adult: 'bool', colours: 'list<string>', sizes: 'list<double>', odd: 'dyn', 'a-b': 'double',
  };
  const environment = new Environment().registerType('Item', { ctor: CelItem, fields }).registerVariable('item', 'Item').registerVariable('seed', 'Item')
    .registerVariable('user', 'map<string, dyn>').registerVariable('now', 'google.protobuf.Timestamp');
  try {
    return environment.evaluate(source, { item: new CelItem(item), seed: new CelItem(seed), user, now: new Date(NOW) }) === true;
  } catch {
    return false;
  }
}

describe('an expression', () => {
  it('has the same value over columns as over documents, for any item', () => {
    fc.assert(fc.property(randomItem, randomItem, randomFacts, fc.oneof(randomFilter, randomBoost.map((source) => ({ boost: source }))), (item, seed, user, wanted) => {
      const kind = typeof wanted === 'string' ? 'filter' : 'boost';
      const source = typeof wanted === 'string' ? wanted : wanted.boost;
      fc.pre(typeof wanted !== 'string' || subsetOf(source));
      let expression;
      try { expression = compileExpression(source, { kind, schema }); } catch { return; }
      const [itemView, seedView] = inColumns([item, seed]);
      const rest: Bindings = { user, context: { hour: 12 }, nowMs: NOW };
      expect(expression.evaluate({ item: itemView, seed: seedView, ...rest })).toBe(expression.evaluate({ item: inDocument(item), seed: inDocument(seed), ...rest }));
    }), { numRuns: 3000 });
  });

  it('that holds to a schema is an expression without one too, with the same values', () => {
    fc.assert(fc.property(randomItem, randomItem, randomFacts, randomFilter, (item, seed, user, source) => {
      fc.pre(subsetOf(source));
      const bindings = { item: inDocument(item), seed: inDocument(seed), user, context: {}, nowMs: NOW };
      const value = compileExpression(source, { kind: 'filter' }).evaluate(bindings);
      expect({ source, value }).toEqual({ source, value: compileExpression(source, { kind: 'filter', schema }).evaluate(bindings) });
    }), { numRuns: 2000 });
  });

  it('has the value that the CEL library gives it, with errors counted as false', () => {
    fc.assert(fc.property(randomItem, randomItem, randomFacts, randomFilter, (item, seed, user, source) => {
      // has() of an empty title or list is CEL's business of messages, which this library decides for itself.
      fc.pre(!source.includes('has(item.tags)') && !source.includes('has(seed.title)') && subsetOf(source));
      const value = compileExpression(source, { kind: 'filter', schema }).evaluate({ item: inDocument(item), seed: inDocument(seed), user, context: {}, nowMs: NOW });
      expect({ source, value }).toEqual({ source, value: inCel(source, { item, seed, user }) });
    }), { numRuns: 2000 });
  });

  const item = inDocument({ id: 'p1', title: 'red', categories: ['red'], tags: [], price: 9.99, available: true, publishedAtMs: -Infinity, attributes: { margin: 0.5 } });
  const filter = (source: string, bindings: Bindings = { item }): boolean => compileExpression(source, { kind: 'filter', schema }).evaluate(bindings);
  const boost = (source: string): number => compileExpression(source, { kind: 'boost', schema }).evaluate({ item });

  it('is false as a filter and 1 as a boost when it depends on what is missing, and only then', () => {
    expect(filter('item.adult')).toBe(false);
    expect(filter('!item.adult')).toBe(false);
    expect(filter('item.adult || item.price < 20.0')).toBe(true);
    expect(filter('!has(item.adult)')).toBe(true);
    expect(filter("!has(item.publishedAt) && !has(item.tags) && item.price == 9.99")).toBe(true);
    expect(filter('seed.price > 0.0')).toBe(false);
    expect(filter('has(seed.price)')).toBe(false);
    expect(filter('item.available', {})).toBe(false);
    expect(boost('item.sizes[0]')).toBe(1);
    expect(boost('item.margin + 1.0')).toBe(1.5);
  });

  it('keeps boosts within 0.01 and 100, and finite', () => {
    expect(['1000.0', '-5.0', '0', '1.0 / 0.0', '0.0 / 0.0', '3'].map(boost)).toEqual([100, 0.01, 0.01, 1, 1, 3]);
  });

  it('says which variables it reads', () => {
    const reads = (source: string): string[] => [...compileExpression(source, { kind: 'filter' }).reads].sort();
    expect(reads("item.price < 3.0 && 'a' in item.tags")).toEqual(['item']);
    expect(reads("user.vip == true ? seed.x == item.x : now > timestamp('2026-01-01T00:00:00Z')")).toEqual(['item', 'now', 'seed', 'user']);
    expect(reads('item.tags.exists(user_, user_ == context.device)')).toEqual(['context', 'item']);
  });

  it('is compiled once for each schema', () => {
    const once = compileExpression('item.price > 1.0', { kind: 'filter', schema });
    expect(compileExpression('item.price > 1.0', { kind: 'filter', schema })).toBe(once);
    expect(compileExpression('item.price > 1.0', { kind: 'filter', schema: { attributes: {} } })).not.toBe(once);
  });

  it('allows any attribute while no schema is known', () => {
    const expression = compileExpression("item.whatever == 3 && item.margin > 0.1 && item['x y'] != 'z'", { kind: 'filter' });
    expect(expression.evaluate({ item: inDocument({ ...item.document, title: '', categories: [], tags: [], price: 1, attributes: { whatever: 3, margin: 1, 'x y': 2 } } as unknown as RandomItem) })).toBe(true);
    expect(expression.evaluate({ item })).toBe(false);
  });
});
