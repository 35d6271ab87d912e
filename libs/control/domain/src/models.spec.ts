import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deleteAlias, recordChecks, registerModelVersion, rollBackAlias, setAlias, type Tenant } from './index.js';
import { aBundle, aTenant, allChecked, someChecks } from './testing/index.js';

const withVersions = (...digits: readonly string[]): Tenant => digits.reduce((tenant, digit) => registerModelVersion(aBundle(digit))(tenant).tenant, aTenant());
const point = (version: number, tenant: Tenant, alias = 'champion') => setAlias({ model: 'ranker', alias, version }, { reason: 'better' })(allChecked(tenant));
const record = (tenant: Tenant, version: number, outcome: 'passed' | 'failed') => recordChecks({ model: 'ranker', version, checks: someChecks(outcome) })(tenant);

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

  it('has what failed its checks checked anew when it is sent again, as the same version', () => {
    const failed = record(withVersions('a', 'b'), 1, 'failed').tenant;
    const again = registerModelVersion(aBundle('a'))(failed);
    expect(again.result).toMatchObject({ version: 1, checks: [] });
    expect(again.tenant.models.find(({ version }) => version === 1)!.checks).toEqual([]);
    const passed = record(failed, 1, 'passed').tenant;
    expect(registerModelVersion(aBundle('a'))(passed).tenant).toBe(passed);
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
    expect([first.result.previous, back.result.previous]).toEqual([0, 2]);
    expect(back.tenant.aliases).toEqual([{ model: 'ranker', alias: 'champion', version: 1, previous: 2 }]);
    expect(back.audit.detail).toEqual({ version: 1, previousVersion: 2, reason: 'better' });
  });

  it('changes nothing when it points there already', () => {
    const { tenant } = point(2, point(1, withVersions('a', 'b')).tenant);
    const again = setAlias({ model: 'ranker', alias: 'champion', version: 2 }, { reason: '' })(tenant);
    expect(again.result).toEqual({ model: 'ranker', alias: 'champion', version: 2, previous: 1 });
    expect(again.tenant).toBe(tenant);
  });

  it('keeps aliases of a model apart', () => {
    const { tenant } = point(1, withVersions('a', 'b'));
    expect(point(2, tenant, 'challenger').tenant.aliases).toHaveLength(2);
  });

  it('refuses versions that are not there, and names that are versions', () => {
    expect(() => point(3, withVersions('a'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN' }));
    expect(() => point(1, withVersions('a'), '7')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'NAME_INVALID' }));
  });

  it('refuses what has not passed its checks, and says which failed and what to do', () => {
    const set = (tenant: Tenant, more = {}) => setAlias({ model: 'ranker', alias: 'any', version: 1 }, { reason: '', ...more })(tenant);
    const pending = withVersions('a');
    const failed = record(pending, 1, 'failed').tenant;
    expect(() => set(pending)).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'CHECKS_NOT_PASSED', message: expect.stringContaining('being checked') }));
    expect(() => set(failed)).toThrow(expect.objectContaining({ reason: 'CHECKS_NOT_PASSED', message: expect.stringMatching(/ranker@1 has failed its check 'golden' \(Line 1\.\).*force/) }));
    expect(() => set(failed, { force: true, reason: ' ' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'REASON_MISSING' }));
    expect(set(record(failed, 1, 'passed').tenant).result.previous).toBe(0);
  });

  it('lets what is worse than the champion be tried, but not take over', () => {
    const worse = recordChecks({ model: 'ranker', version: 1, checks: [...someChecks(), { name: 'evaluation', outcome: 'failed', detail: 'Worse.', figures: {} }] })(withVersions('a'));
    expect(worse.result).toBe('passed');
    const set = (alias: string) => setAlias({ model: 'ranker', alias, version: 1 }, { reason: '' })(worse.tenant);
    expect(set('challenger').tenant.aliases).toHaveLength(1);
    expect(() => set('champion')).toThrow(expect.objectContaining({ reason: 'CHECKS_NOT_PASSED', message: expect.stringContaining("'evaluation' (Worse.)") }));
  });

  it('takes it by force, and the audit says so', () => {
    const forced = setAlias({ model: 'ranker', alias: 'champion', version: 1 }, { reason: 'the shop is down', force: true })(withVersions('a'));
    expect(forced.audit.detail).toEqual({ version: 1, previousVersion: 0, reason: 'the shop is down', force: true, checks: 'pending' });
    expect(forced.tenant.aliases).toHaveLength(1);
  });
});

describe('rollBackAlias', () => {
  const back = (tenant: Tenant) => rollBackAlias({ model: 'ranker', alias: 'champion' }, 'worse')(tenant);

  it('goes back and forth between the last two', () => {
    const first = back(point(2, point(1, withVersions('a', 'b')).tenant).tenant);
    expect(first.result).toEqual({ model: 'ranker', alias: 'champion', version: 1, previous: 2 });
    expect(first.audit).toMatchObject({ action: 'alias.rollback', detail: { version: 1, previousVersion: 2, reason: 'worse' } });
    expect(back(first.tenant).tenant.aliases).toMatchObject([{ version: 2, previous: 1 }]);
  });

  it('refuses where there is nothing to go back to', () => {
    expect(() => back(withVersions('a'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'ALIAS_UNKNOWN' }));
    expect(() => back(point(1, withVersions('a')).tenant)).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'NO_PREVIOUS_VERSION' }));
  });
});

describe('deleteAlias', () => {
  const encoder = (): Tenant => {
    const { tenant } = registerModelVersion(aBundle('c', { name: 'newcomers', kind: 'item-encoder' }))(point(1, withVersions('a')).tenant);
    return setAlias({ model: 'newcomers', alias: 'champion', version: 1 }, { reason: '' })(allChecked(tenant)).tenant;
  };
  const remove = (tenant: Tenant, alias: string, model = 'ranker') => deleteAlias({ model, alias }, 'no use')(tenant);
  const inUse = (why: string) => expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'ALIAS_IN_USE', message: expect.stringContaining(why) });

  it('takes the champion of an item encoder away, and the audit says which it was', () => {
    const { tenant, audit } = remove(encoder(), 'champion', 'newcomers');
    expect(tenant.aliases).toEqual([{ model: 'ranker', alias: 'champion', version: 1, previous: 0 }]);
    expect(audit).toEqual({ action: 'alias.delete', subject: 'newcomers@champion', detail: { previousVersion: 1, reason: 'no use' } });
  });

  it('keeps the champion of what serves, and lets any other go', () => {
    const { tenant } = point(1, encoder(), 'challenger');
    expect(() => remove(tenant, 'champion')).toThrow(inUse('a ranker\'s champion serves'));
    expect(remove(tenant, 'challenger').tenant.aliases.map(({ model, alias }) => `${model}@${alias}`)).toEqual(['ranker@champion', 'newcomers@champion']);
  });

  it('keeps what a placement, a split or a shadow names', () => {
    const { tenant } = point(1, encoder(), 'challenger');
    const [home, ...others] = tenant.placements;
    const split = { name: 'halves', placement: 'home', salt: 's', arms: [{ name: 'new', percent: 10, retriever: '', ranker: 'ranker@challenger', explorationShare: undefined }] };
    const shadow = { placement: 'cart', retriever: '', ranker: 'ranker@challenger', share: 0.1 };
    expect(() => remove({ ...tenant, placements: [{ ...home!, ranker: 'ranker@challenger' }, ...others] }, 'challenger')).toThrow(inUse(`placement '${home!.name}' names it`));
    expect(() => remove({ ...tenant, splits: [split] }, 'challenger')).toThrow(inUse("the split of placement 'home' names it"));
    expect(() => remove({ ...tenant, shadows: [shadow] }, 'challenger')).toThrow(inUse("the shadow of placement 'cart' names it"));
  });

  it('refuses what is not there', () => {
    expect(() => remove(encoder(), 'nope')).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'ALIAS_UNKNOWN' }));
  });
});

describe('recordChecks', () => {
  it('keeps what was found of one version, in place of what was found before', () => {
    const { tenant, result, audit } = record(record(withVersions('a', 'b'), 2, 'passed').tenant, 2, 'failed');
    expect(result).toBe('failed');
    expect(tenant.models.map(({ checks }) => checks)).toEqual([[], someChecks('failed')]);
    expect(audit).toEqual({ action: 'model.check', subject: 'ranker@2', detail: { state: 'failed', failed: ['golden'] } });
  });

  it('refuses none, and versions that are not there', () => {
    expect(() => recordChecks({ model: 'ranker', version: 1, checks: [] })).toThrow(expect.objectContaining({ reason: 'CHECKS_MISSING' }));
    expect(() => record(withVersions('a'), 2, 'passed')).toThrow(expect.objectContaining({ reason: 'MODEL_UNKNOWN' }));
  });
});
