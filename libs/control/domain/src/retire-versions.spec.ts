import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { registerModelVersion, retireVersions, setAlias, type ModelVersion, type Tenant } from './index.js';
import { aBundle, aSplit, aTenant } from './testing/index.js';

const digestOf = (n: number): string => n.toString(16).padStart(64, '0');
const register = (tenant: Tenant, n: number, more: Partial<ModelVersion> = {}): Tenant => registerModelVersion(aBundle('a', { digest: digestOf(n), bundle: `models/ranker/${digestOf(n)}`, ...more }))(tenant).tenant;
const withVersions = (count: number): Tenant => Array.from({ length: count }, (_, i) => i + 1).reduce((tenant, n) => register(tenant, n), aTenant());
const point = (tenant: Tenant, version: number, alias = 'champion'): Tenant => setAlias({ model: 'ranker', alias, version }, { reason: 'spec', force: true })(tenant).tenant;
const versionsOf = ({ models }: Tenant, name = 'ranker'): number[] => models.filter((model) => model.name === name).map(({ version }) => version);

describe('retireVersions', () => {
  it('keeps the newest ten, and forgets the others for good', () => {
    const { tenant, result, audit } = retireVersions('ranker')(withVersions(13));
    expect(versionsOf(tenant)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(result.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
    expect(audit).toMatchObject({ action: 'model.retire', subject: 'ranker' });
    expect(versionsOf(register(tenant, 99)).at(-1)).toBe(14);
  });

  it('keeps what an alias points at, and what it pointed at before', () => {
    const tenant = point(point(point(withVersions(20), 1), 2), 3);
    expect(versionsOf(retireVersions('ranker')(point(tenant, 5, 'challenger')).tenant).slice(0, 4)).toEqual([2, 3, 5, 11]);
  });

  it('keeps what placements, splits and shadows point at', () => {
    const tenant = withVersions(20);
    const placements = tenant.placements.map((placement, i) => (i === 0 ? { ...placement, ranker: 'ranker@2' } : placement));
    const splits = [aSplit({ arms: [{ name: 'new', percent: 10, retriever: '', ranker: 'ranker@4' }] })];
    const shadows = [{ placement: 'home', retriever: '', ranker: 'ranker@6', share: 1 }];
    expect(versionsOf(retireVersions('ranker')({ ...tenant, placements, splits, shadows }).tenant).slice(0, 4)).toEqual([2, 4, 6, 11]);
  });

  it('changes nothing where there is nothing to forget, and leaves other models alone', () => {
    const few = withVersions(10);
    expect(retireVersions('ranker')(few).tenant).toBe(few);
    const others = Array.from({ length: 12 }, (_, n) => n).reduce((tenant, n) => register(tenant, 100 + n, { name: 'other' }), withVersions(12));
    expect(versionsOf(retireVersions('ranker')(others).tenant, 'other')).toHaveLength(12);
    expect(() => retireVersions('ranker')(undefined)).toThrow(expect.objectContaining({ reason: 'TENANT_UNKNOWN' }));
  });

  it('never forgets what is in use, whatever is registered and wherever aliases move', () => {
    const step = fc.oneof(fc.constant('register' as const), fc.record({ alias: fc.constantFrom('champion', 'challenger'), newest: fc.nat(30) }));
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      let tenant = register(aTenant(), 1);
      let n = 1;
      for (const each of steps) {
        if (each === 'register') tenant = retireVersions('ranker')(register(tenant, ++n)).tenant;
        else {
          const versions = versionsOf(tenant);
          tenant = point(tenant, versions.at(-1 - (each.newest % versions.length))!, each.alias);
        }
        const kept = new Set(versionsOf(tenant));
        for (const { version, previous } of tenant.aliases) expect(kept.has(version) && (previous === 0 || kept.has(previous))).toBe(true);
        expect(versionsOf(tenant).at(-1)).toBe(n);
      }
      expect(retireVersions('ranker')(tenant).tenant.models.length).toBeLessThanOrEqual(10 + 4);
    }));
  });
});
