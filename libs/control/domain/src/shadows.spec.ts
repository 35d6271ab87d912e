import { describe, expect, it } from '@jest/globals';
import { deleteShadow, putShadow, type Shadow } from './index.js';
import { aTenant } from './testing/index.js';

const put = (more: Partial<Shadow>, tenant = aTenant()) => putShadow({ placement: 'home', retriever: '', ranker: 'ranker@challenger', share: 0.5, ...more })(tenant);

describe('putShadow', () => {
  it.each([
    ['no answers', { share: 0 }, 'SHADOW_INVALID'],
    ['more than all answers', { share: 1.01 }, 'SHADOW_INVALID'],
    ['NaN', { share: NaN }, 'SHADOW_INVALID'],
    ['nothing but what serves', { ranker: '' }, 'SHADOW_INVALID'],
    ['a version that is not there', { ranker: 'ranker@3' }, 'MODEL_REFERENCE_INVALID'],
    ['a placement that is not there', { placement: 'magic' }, 'PLACEMENT_UNKNOWN'],
  ])('refuses %s', (_, more, reason) => {
    expect(() => put(more)).toThrow(expect.objectContaining({ reason }));
  });

  it('is one for a placement, and the newest', () => {
    const { tenant } = put({ share: 1, retriever: 'cf@champion' }, put({}, put({ placement: 'cart' }).tenant).tenant);
    expect(tenant.shadows).toEqual([
      { placement: 'cart', retriever: '', ranker: 'ranker@challenger', share: 0.5 }, { placement: 'home', retriever: 'cf@champion', ranker: 'ranker@challenger', share: 1 },
    ]);
  });
});

describe('deleteShadow', () => {
  it('ends one that is there', () => {
    const { tenant } = put({});
    expect(deleteShadow('home')(tenant).tenant.shadows).toEqual([]);
    expect(() => deleteShadow('cart')(tenant)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'SHADOW_UNKNOWN' }));
    expect(() => deleteShadow('magic')(tenant)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'PLACEMENT_UNKNOWN', message: expect.stringContaining('Known: home, ') }));
  });
});
