import { describe, expect, it } from '@jest/globals';
import { CelExpressionCompiler } from './cel-expression-compiler.js';
import { FakeCatalogue } from '@serendip/retrieval-domain/testing';
import type { Visit } from '@serendip/retrieval-domain';
import { create, events, toBinary } from '@serendip/shared-contracts';
import { UserStateView } from '@serendip/shared-layouts';
import { stateWithProfile } from '@serendip/shared-layouts/testing';

const catalogue = new FakeCatalogue([
  { id: 'a', price: 9.99, categories: ['x'], tags: ['sale'], attributes: { brand: 'acme', tag: 'no' } }, { id: 'b', price: 30, categories: ['x', 'y'] }, { id: 'c', available: false },
]);
const profile = create(events.UserProfileSchema, { id: 'ann', attributes: { likes: { value: { case: 'texts', value: { values: ['y'] } } }, budget: { value: { case: 'number', value: 20 } } } });
const visit: Visit = {
  columns: catalogue.columns, seedRow: 0, state: new UserStateView(stateWithProfile(toBinary(events.UserProfileSchema, profile))), userId: '',
  context: { device: 'mobile', locale: '', country: 'no', attributes: { utcOffsetMinutes: 60 } }, nowMs: Date.UTC(2026, 0, 1, 11),
};

const compiler = new CelExpressionCompiler();
const rows = (source: string, of = visit): boolean[] => [0, 1, 2].map(compiler.filter(source).on(of));

describe('CelExpressionCompiler', () => {
  it('asks about rows, the user, the visit, the seed and the time', () => {
    expect(rows("item.price == 9.99 && 'sale' in item.tags && !('no' in item.tags) && item.brand == 'acme'")).toEqual([true, false, false]);
    expect(rows('item.price < user.budget || item.categories.exists(c, c in user.likes)')).toEqual([true, true, false]);
    expect(rows("user.id == 'ann'")).toEqual([true, true, true]);
    expect(rows("user.id == 'bob'", { ...visit, userId: 'bob' })).toEqual([true, true, true]);
    expect(rows("context.hour == 12 && context.device == 'mobile' && !has(context.locale)")).toEqual([true, true, true]);
    expect(rows('item.id != seed.id && item.categories[0] == seed.categories[0]')).toEqual([false, true, false]);
    expect(rows('has(seed.price)', { ...visit, seedRow: -1 })).toEqual([false, false, false]);
    expect(rows("item.available && now > timestamp('2025-12-31T00:00:00Z')")).toEqual([true, true, false]);
  });

  it('knows what is of the item only', () => {
    expect(["item.price < 20", "true", 'user.budget > 3.0', 'now == now', 'has(seed.id)'].map((source) => compiler.filter(source).ofItemOnly)).toEqual([true, true, false, false, false]);
  });

  it('answers boosts, 1 where a value is missing', () => {
    expect([0, 1, 2].map(compiler.boost('item.price > user.budget ? 2.0 : 0.5').on(visit))).toEqual([0.5, 2, 1]);
  });

  it('refuses what is no expression', () => {
    expect(() => compiler.filter('item.price <')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'EXPRESSION_INVALID' }));
  });
});
