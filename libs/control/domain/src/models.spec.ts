import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { registerModelVersion, setAlias, type Tenant } from './index.js';
import { aBundle, aTenant } from './testing/index.js';

const withVersions = (...digits: readonly string[]): Tenant => digits.reduce((tenant, digit) => registerModelVersion(aBundle(digit))(tenant).tenant, aTenant());
const point = (version: number, tenant: Tenant, alias = 'champion') => setAlias({ model: 'ranker', alias, version }, 'better')(tenant);

describe('registerModelVersion', () => {
  it('counts from 1 without gaps, one version for each digest, whatever the order and the repeats', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...'0123456789abcdef'), { maxLength: 40 }), (digits) => {
      let tenant = aTenant();
      const versions = new Map<string, number>();
      for (const digit of digits) {
        const edited = registerModelVersion(aBundle(digit))(tenant);
        expect(edited.result.version).toBe(versions.get(digit) ?? versions.size + 1);
        versions.set(digit, edited.result.version);
        tenant = edited.tenant;
      }
      expect(tenant.models.map(({ version }) => version)).toEqual([...versions.values()]);
    }));
  });

  it('answers what is registered, not what is sent again, and changes nothing then', () => {
    const tenant = withVersions('a');
    const again = registerModelVersion(aBundle('a', { bundle: 'models/elsewhere', metrics: {}, createdAtMs: 9 }))(tenant);
    expect(again.result).toEqual(tenant.models[0]);
    expect(again.tenant).toBe(tenant);
  });

  it('counts each model by itself', () => {
    const { result } = registerModelVersion(aBundle('a', { name: 'other' }))(withVersions('a', 'b'));
    expect(result).toMatchObject({ name: 'other', version: 1 });
  });

  it('refuses another kind under the same name', () => {
    expect(() => registerModelVersion(aBundle('b', { kind: 'retriever' }))(withVersions('a'))).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'MODEL_KIND_MISMATCH' }));
  });

  it.each([
    ['a digest that is none', { digest: 'abc' }],
    ['no bundle', { bundle: '' }],
    ['a bundle outside of the store', { bundle: 'models/../../x' }],
    ['an absolute bundle', { bundle: '/models/x' }],
    ['a metric that is no number', { metrics: { ndcg: NaN } }],
  ])('refuses %s', (_, more) => {
    expect(() => registerModelVersion(aBundle('a', more))).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'MODEL_INVALID' }));
  });
});

describe('setAlias', () => {
  it('moves, and answers where it was, so that it can be moved back', () => {
    const tenant = withVersions('a', 'b');
    const first = point(2, tenant);
    const back = point(1, first.tenant);
    expect([first.result, back.result]).toEqual([0, 2]);
    expect(back.tenant.aliases).toEqual([{ model: 'ranker', alias: 'champion', version: 1, previous: 2 }]);
    expect(back.audit.detail).toEqual({ version: 1, previousVersion: 2, reason: 'better' });
  });

  it('changes nothing when it points there already', () => {
    const { tenant } = point(1, withVersions('a'));
    expect(point(1, tenant)).toMatchObject({ result: 1 });
    expect(point(1, tenant).tenant).toBe(tenant);
  });

  it('keeps aliases of a model apart', () => {
    const { tenant } = point(1, withVersions('a', 'b'));
    expect(point(2, tenant, 'challenger').tenant.aliases).toHaveLength(2);
  });

  it('refuses versions that are not there, and names that are versions', () => {
    expect(() => point(3, withVersions('a'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN' }));
    expect(() => point(1, withVersions('a'), '7')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'NAME_INVALID' }));
  });
});
