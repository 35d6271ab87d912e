import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PLACEMENTS, checkAliasName, checkPlacement, checkSplit, checkTenantId, keyHash, keyText } from './index.js';

const [home] = DEFAULT_PLACEMENTS;
const split = { name: 'rankers', placement: 'home', salt: 's', arms: [{ name: 'new', percent: 10, retriever: '', ranker: 'ranker@2' }] };

describe('placements', () => {
  it('that come out of the box are valid', () => {
    expect(DEFAULT_PLACEMENTS.map(({ name }) => name)).toEqual(['home', 'item', 'cart', 'trending', 'new']);
    for (const placement of DEFAULT_PLACEMENTS) expect(() => checkPlacement(placement)).not.toThrow();
  });

  it.each([
    ['an unknown source', { sources: [{ name: 'magic', limit: 1, timeoutMs: 0, window: '' }] }],
    ['no source', { sources: [] }],
    ['a limit of 0', { sources: [{ name: 'popular', limit: 0, timeoutMs: 0, window: '' }] }],
    ['an unknown window', { sources: [{ name: 'popular', limit: 1, timeoutMs: 0, window: '2d' }] }],
    ['a bad reference', { ranker: 'ranker' }],
    ['a share above 1', { logShare: 2 }],
    ['NaN', { logShare: NaN }],
    ['a bad name', { name: 'Home page' }],
    ['rules that this release does not keep', { diversity: 0.5 }],
  ])('with %s are refused', (_, more) => expect(() => checkPlacement({ ...home!, ...more })).toThrow());
});

describe('splits', () => {
  it('may leave users over but not give out more than there are', () => {
    expect(() => checkSplit(split)).not.toThrow();
    expect(() => checkSplit({ ...split, arms: [{ ...split.arms[0]!, percent: 60 }, { ...split.arms[0]!, name: 'other', percent: 50 }] })).toThrow('110 %');
    expect(() => checkSplit({ ...split, arms: [split.arms[0]!, split.arms[0]!] })).toThrow('same name');
    expect(() => checkSplit({ ...split, arms: [] })).toThrow('needs an arm');
  });
});

describe('names and keys', () => {
  it('tell aliases from versions', () => {
    expect(() => checkAliasName('champion')).not.toThrow();
    expect(() => checkAliasName('7')).toThrow('version');
    expect(() => checkTenantId('../x')).toThrow();
  });

  it('show the kind of a key and keep only its hash', () => {
    const text = keyText('secret', new Uint8Array(32).fill(1));
    expect(text).toMatch(/^sk_[A-Za-z0-9_-]{43}$/);
    expect(keyHash(text)).toHaveLength(32);
    expect(Buffer.from(keyHash(text)).toString()).not.toContain(text.slice(3));
  });
});
