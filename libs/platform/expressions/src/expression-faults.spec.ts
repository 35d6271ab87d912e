import { describe, expect, it } from '@jest/globals';
import { isDomainError } from '@serendip/shared-errors';
import fc from 'fast-check';
import { checkExpression, compileExpression, type ExpressionKind, type ListView } from './index.js';
import { randomFilter, schema } from './testing/random-expressions.js';

function faultOf(source: string, kind: ExpressionKind = 'filter'): { readonly at: string; readonly hint: string } {
  try {
    checkExpression(source, { kind, schema });
  } catch (error) {
    if (!isDomainError(error)) throw error;
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'EXPRESSION_INVALID' });
    const { position, hint } = error.metadata;
    expect(Number(position)).toBeLessThanOrEqual(source.length);
    expect(error.message).toContain(hint);
    return { at: source.slice(Number(position)), hint: hint! };
  }
  throw new Error(`${source} is valid.`);
}

/** A list that counts how often it is read. */
class CountingList implements ListView {
  reads = 0;
  constructor(readonly length: number) {}
  at(index: number): unknown { this.reads++; return `v${index}`; }
  includes(): boolean { this.reads += this.length; return false; }
}

describe('an expression that is wrong', () => {
  it.each([
    ['item.price == 20', '20', 'write 20.0'],
    ['item.price * -2 > 1.0', '-2 > 1.0', 'write -2.0'],
    ['item.price in [1, 2]', '[1, 2]', 'write [1.0, 2.0]'],
    ['item.margni > 1.0', 'margni > 1.0', 'did you mean item.margin?'],
    ['has(item.barnd)', 'barnd)', 'did you mean item.brand?'],
    ['itme.price > 1.0', 'itme.price > 1.0', 'did you mean item?'],
    ["'x' in tags", 'tags', 'did you mean item.tags?'],
    ["item.brand.startWith('a')", "startWith('a')", 'did you mean startsWith()?'],
    ["item.brand.matches('(a+)+$')", "matches('(a+)+$')", 'use contains, startsWith or endsWith'],
    ['item.price = 3.0', '= 3.0', 'write == to compare'],
    ['item.adult and true', 'and true', 'write && for and, || for or, ! for not'],
    ['item.price >', '', 'go on: something is missing at the end'],
    ['item.odd == null', 'null', 'use has(item.name) to ask whether there is a value'],
    ['item.price > 1.0 ? 2.5 : 1', '1', 'write 1.0'],
    ["item.brand == 'acme", "'acme", 'close the text with the quote it began with'],
    ['item.tags.exists(x, item.colours.exists(y, x == y))', 'exists(y, x == y))', 'use `in`, or one list macro after the other'],
    ["size(item.tags + ['a']) > 2", "item.tags + ['a']) > 2", 'ask each list by itself, joined by ||'],
    ["now > timestamp('yesterday')", "'yesterday')", "write timestamp('2026-01-31T00:00:00Z')"],
    ['item', 'item', 'write item. and the name of what you want of it'],
    ['', '', 'write a condition such as item.price < 20.0, or leave it out'],
  ])('is refused with place and advice: %s', (source, at, hint) => {
    expect(faultOf(source)).toEqual({ at, hint });
  });

  it('is refused when its value is not what its kind is for', () => {
    expect(faultOf('item.price').hint).toBe('compare it with something, or ask has(…)');
    expect(faultOf('item.adult', 'boost').hint).toBe('write … ? 2.0 : 1.0');
    expect(faultOf('item.price > 3.0', 'condition').hint).toBe('it is decided once a request: use user, context and now');
  });

  it('names line and column', () => {
    expect(() => checkExpression('item.adult\n  && item.prize > 2.0', { kind: 'filter', schema })).toThrow('(line 2, column 11): did you mean item.price?');
  });

  it('is refused, or has a value, whatever is written', () => {
    const words = ['item', '.', 'price', 'tags', 'user', "'a'", '"', "'", '(', ')', '[', ']', '{', '}', '==', '&&', '||', '!', '-', '+', '?', ':', ',', '1', '2.0', 'in', 'has(', 'exists(x,', 'x', ' ', '\n', '\\', 'null', '//', '0x', 'b"', '__proto__', 'constructor', 'dyn(', 'timestamp(', 'duration("1h")', '99999999999999999999', '1e999'];
    const soup = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(''));
    const mutated = fc.tuple(randomFilter, fc.nat(), fc.nat({ max: 5 }), fc.string({ maxLength: 3 })).map(([source, at, dropped, put]) => {
      const place = at % (source.length + 1);
      return source.slice(0, place) + put + source.slice(place + dropped);
    });
    const hostile = fc.oneof(fc.string({ maxLength: 100, unit: 'binary' }), soup, mutated);
    fc.assert(fc.property(hostile, fc.constantFrom<ExpressionKind>('filter', 'boost', 'condition'), fc.boolean(), (source, kind, known) => {
      try {
        const expression = compileExpression(source, { kind, schema: known ? schema : undefined });
        expect(typeof expression.evaluate({ user: { x: ['a'] }, context: {}, nowMs: 0 })).toBe(kind === 'boost' ? 'number' : 'boolean');
      } catch (error) {
        expect(error).toMatchObject({ reason: 'EXPRESSION_INVALID' });
      }
    }), { numRuns: 10_000 });
  });

  it.each([
    ['long', `item.brand == '${'a'.repeat(3000)}'`], ['deep', `${'('.repeat(900)}true${')'.repeat(900)}`], ['negated', `${'!'.repeat(1900)}true`], ['deep in brackets', `item.sizes${'[0'.repeat(600)}${']'.repeat(600)}`],
    ['wide', `item.price in [${'1.0,'.repeat(450)}2.0]`], ['a chain', Array(600).fill('1').join('+')], ['a long duration', `duration('${'1'.repeat(1900)}') > duration('1h')`], ['a large number', '9'.repeat(1900)],
  ])('is refused when it is %s', (_, source) => {
    expect(faultOf(source).hint).not.toBe('');
  });
});

describe('an expression that would cost much', () => {
  it.each(['item.tags.exists(t, t in user.many)', 'item.tags.all(t, !(t in user.many))', "user.many.exists(x, x.contains('b'))", "item.tags.filter(t, t == 'b').size() > 0", 'user.many == user.other'])('gives up: %s', (source) => {
    const [tags, many, other] = [new CountingList(3000), new CountingList(1_000_000), new CountingList(1_000_000)];
    const item = { id: '', title: '', categories: tags, tags, price: 1, publishedAt: 1, available: true, attribute: () => undefined };
    const everything = Array.from({ length: 20 }, () => `(${source})`).join(' || ');
    expect(compileExpression(everything, { kind: 'filter' }).evaluate({ item, user: { many, other } })).toBe(false);
    expect(tags.reads + many.reads + other.reads).toBeLessThanOrEqual(5000);
  });
});
