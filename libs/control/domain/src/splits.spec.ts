import { describe, expect, it } from '@jest/globals';
import { assign } from '@serendip/experiments-domain';
import fc from 'fast-check';
import { deleteSplit, putSplit, type Split } from './index.js';
import { aSplit, aTenant } from './testing/index.js';

const arm = (name: string, percent: number) => ({ name, percent, retriever: '', ranker: '' });
const put = (more: Partial<Split>, tenant = aTenant()) => putSplit(aSplit(more))(tenant);

describe('putSplit', () => {
  it.each([
    ['no arm', { arms: [] }, 'needs an arm'],
    ['two arms of one name', { arms: [arm('a', 1), arm('a', 2)] }, 'same name'],
    ['more than all users', { arms: [arm('a', 60), arm('b', 50)] }, '110 %'],
    ['a hundredth more than all users', { arms: [arm('a', 50), arm('b', 50.01)] }, '100.01 %'],
    ['less than no users', { arms: [arm('a', -1)] }, '0 to 100'],
    ['NaN', { arms: [arm('a', NaN)] }, '0 to 100'],
    ['what a split cannot resolve', { arms: [arm('a', 33.333)] }, 'multiple of 0.01'],
    ['an endless salt', { salt: 'x'.repeat(129) }, 'salt'],
  ])('refuses %s', (_, more, what) => {
    expect(() => put(more)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'SPLIT_INVALID', message: expect.stringContaining(what) }));
  });

  it('takes exactly those percentages that give each arm its buckets', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 5 }), (hundredths) => {
      const arms = hundredths.map((n, i) => arm(`arm-${i}`, n / 100));
      const fits = hundredths.reduce((sum, n) => sum + n, 0) <= 10_000;
      expect(outcome(() => put({ arms }))).toBe(fits ? 'taken' : 'SPLIT_INVALID');
    }));
    const { result } = put({ arms: [arm('a', 99.99), arm('b', 0.01)] });
    expect(Array.from({ length: 500 }, (_, i) => assign(result, `user:${i}`))).not.toContain(undefined);
  });

  it('is of a placement that is there, and its only one', () => {
    expect(() => put({ placement: 'magic' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'PLACEMENT_UNKNOWN', message: expect.stringMatching(/^There is no placement 'magic'\. Known: home, .*\.$/) }));
    const { tenant } = put({});
    const taken = expect.objectContaining({ code: 'ALREADY_EXISTS', reason: 'SPLIT_EXISTS' });
    expect(() => put({ name: 'second' }, tenant)).toThrow(taken);
    expect(() => put({ placement: 'cart' }, tenant)).toThrow(taken);
    expect(put({ name: 'second', placement: 'cart' }, tenant).tenant.splits).toHaveLength(2);
  });

  it('keeps its salt, so that users stay in their arms while it ramps', () => {
    expect(put({ salt: '' }).result.salt).toBe('rankers');
    const { tenant } = put({ salt: 'first' });
    expect(put({ salt: '' }, tenant).result.salt).toBe('first');
    expect(put({ salt: 'second' }, tenant).result.salt).toBe('second');
  });

  it('refuses an arm whose model is not there', () => {
    expect(() => put({ arms: [{ ...arm('a', 1), ranker: 'ranker@3' }] })).toThrow(expect.objectContaining({ reason: 'MODEL_REFERENCE_INVALID' }));
  });
});

describe('deleteSplit', () => {
  it('ends a split that is there', () => {
    const { tenant } = put({});
    expect(deleteSplit('rankers')(tenant).tenant.splits).toEqual([]);
    expect(() => deleteSplit('other')(tenant)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'SPLIT_UNKNOWN' }));
  });
});

function outcome(work: () => unknown): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
}
