import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PLACEMENTS, putPlacement, registerModelVersion } from './index.js';
import { aBundle, aRule, aTenant, allChecked } from './testing/index.js';

const [home] = DEFAULT_PLACEMENTS;
const exploration = { share: 0.1, from: 3, to: 10, shownFewerThan: 50, publishedWithinDays: 0, pool: 100, weights: 'uniform' } as const;
const put = (more: object, tenant = aTenant()) => putPlacement({ ...home!, ...more })(tenant);

describe('the placements of a new tenant', () => {
  it('are those of the API, and valid', () => {
    const { placements } = aTenant();
    expect(placements.map(({ name }) => name)).toEqual(['home', 'item', 'cart', 'trending', 'new']);
    for (const placement of placements) expect(put(placement).result).toEqual({ ...placement, version: 2 });
  });

  it('show at home nothing that the visitor knows, and elsewhere nothing that they are done with', () => {
    const hidden = new Map(DEFAULT_PLACEMENTS.map(({ name, hideAfter }) => [name, hideAfter]));
    expect(hidden.get('home')).toEqual(expect.arrayContaining(['view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'dislike', 'hide', 'watch']));
    for (const name of ['item', 'cart', 'trending', 'new']) {
      expect(hidden.get(name)).toEqual(expect.arrayContaining(['purchase', 'dislike', 'hide']));
      expect(hidden.get(name)).not.toContain('view');
    }
  });
});

describe('putPlacement', () => {
  it('raises the version by one, whatever version it is given', () => {
    const once = put({ version: 99 });
    expect(once.result.version).toBe(2);
    expect(put({}, once.tenant).result.version).toBe(3);
    expect(put({ name: 'basket' }).result.version).toBe(1);
  });

  it('leaves the other placements, and the tenant it was given, as they are', () => {
    const before = aTenant();
    const { tenant } = put({ candidates: 7 }, before);
    expect(tenant.placements.filter(({ name }) => name !== 'home')).toEqual(before.placements.slice(1));
    expect(before).toEqual(aTenant());
  });

  it.each([
    ['an unknown source', { sources: [{ name: 'magic', limit: 1, timeoutMs: 0, window: '' }] }, "no source 'magic'"],
    ['no source', { sources: [] }, 'needs a source'],
    ['a source twice', { sources: [home!.sources[0], home!.sources[0]] }, 'twice'],
    ['a limit of 0', { sources: [{ name: 'popular', limit: 0, timeoutMs: 0, window: '' }] }, 'must be 1 to 2000'],
    ['a limit above 2000', { sources: [{ name: 'popular', limit: 2001, timeoutMs: 0, window: '' }] }, 'must be 1 to 2000'],
    ['a timeout above 10 s', { sources: [{ name: 'popular', limit: 1, timeoutMs: 10_001, window: '' }] }, 'timeoutMs'],
    ['an unknown window', { sources: [{ name: 'popular', limit: 1, timeoutMs: 0, window: '2d' }] }, 'window'],
    ['an unknown event type', { hideAfter: ['$served'] }, "'$served'"],
    ['hiding what was merely shown', { hideAfter: ['click', 'impression'] }, 'impressionDiscount'],
    ['an endless weight', { objective: [{ head: 'engage', weight: Infinity }] }, 'finite weight'],
    ['a head twice', { objective: [{ head: 'engage', weight: 1 }, { head: 'engage', weight: 2 }] }, 'twice'],
    ['an unknown fallback', { fallback: 'magic' }, "no fallback list 'magic'"],
    ['a share above 1', { logShare: 2 }, 'logShare'],
    ['NaN', { logShare: NaN }, 'logShare'],
    ['no candidates', { candidates: 0 }, 'candidates'],
    ['diversity above 1', { diversity: 1.5 }, 'diversity'],
    ['an impression discount above 1', { impressionDiscount: 1.1 }, 'impressionDiscount'],
    ['more than half of the slots', { exploration: { ...exploration, share: 0.51 } }, 'share'],
    ['a range that ends before it begins', { exploration: { ...exploration, from: 5, to: 4 } }, 'slots'],
    ['a slot before the first', { exploration: { ...exploration, from: 0 } }, 'slots'],
    ['exploring among everything', { exploration: { ...exploration, shownFewerThan: 0, publishedWithinDays: 0 } }, 'among which'],
    ['a pool of nothing', { exploration: { ...exploration, pool: 0 } }, 'pool'],
    ['a pool of everything', { exploration: { ...exploration, pool: 501 } }, 'pool'],
    ['unknown weights', { exploration: { ...exploration, weights: 'magic' } }, 'weights'],
    ['an unknown way to fill', { fill: 'magic' }, 'fill'],
    ['a rule that does nothing', { rules: [{ ...aRule(), filter: '' }] }, 'does nothing'],
    ['a rule twice', { rules: [aRule(), aRule()] }, 'same name'],
    ['a pin on no slot', { rules: [aRule({ pin: { expression: 'true', slot: 0 } })] }, 'slot'],
    ['a pin without an expression', { rules: [aRule({ pin: { expression: '', slot: 1 } })] }, 'needs an expression'],
    ['an endless expression', { rules: [aRule({ filter: 'x'.repeat(2001) })] }, '2000 characters'],
    ['more pins than there are bits for', { rules: Array.from({ length: 9 }, (_, i) => aRule({ name: `r${i}`, pin: { expression: 'true', slot: i + 1 } })) }, '8 pins'],
    ['a cap without a group', { caps: [{ group: '', limit: 1, window: 3 }] }, 'group'],
    ['a group twice', { caps: [{ group: 'brand', limit: 1, window: 3 }, { group: 'brand', limit: 2, window: 9 }] }, 'same group'],
    ['a cap of nothing', { caps: [{ group: 'brand', limit: 0, window: 3 }] }, 'limit'],
    ['a window of half a slot', { caps: [{ group: 'brand', limit: 1, window: 0.5 }] }, 'window'],
  ])('refuses %s', (_, more, what) => {
    expect(() => put(more)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'PLACEMENT_INVALID', message: expect.stringContaining(what) }));
  });

  it('keeps rules, caps, diversity and the way to fill', () => {
    const more = { rules: [aRule({ when: 'true', boost: '2.0', pin: { expression: 'true', slot: 1 } })], caps: [{ group: 'brand', limit: 1, window: 3 }], diversity: 0.5, impressionDiscount: 0.8, exploration, fill: 'strict' };
    expect(put(more).result).toMatchObject(more);
  });

  it('refuses a name that is none', () => {
    for (const name of ['', 'Home page', '../home', 'x'.repeat(65)]) expect(() => put({ name })).toThrow(expect.objectContaining({ reason: 'NAME_INVALID' }));
  });

  it('takes a reference by alias before there is a model, and by version only when it is registered', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'MODEL_REFERENCE_INVALID' });
    const tenant = allChecked(registerModelVersion(aBundle('a'))(aTenant()).tenant);
    for (const ranker of ['', 'ranker@champion', 'other@champion', 'ranker@1']) expect(() => put({ ranker }, tenant)).not.toThrow();
    for (const ranker of ['ranker', 'ranker@', '@1', 'ranker@2', 'other@1', 'ranker@1 ']) expect(() => put({ ranker }, tenant)).toThrow(refused);
    expect(() => put({ retriever: 'ranker@champion' }, tenant)).toThrow(refused);
    expect(() => put({ ranker: 'ranker@1' }, registerModelVersion(aBundle('a'))(aTenant()).tenant)).toThrow(expect.objectContaining({ message: expect.stringContaining('checks') }));
  });
});
