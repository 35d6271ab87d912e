import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKey, Tenant } from '../configuration.js';
import { DEFAULT_PLACEMENTS } from '../default-placements.js';
import { addKey, revokeKey } from '../keys.js';
import { recordChecks, registerModelVersion, setAlias } from '../models.js';
import { putPlacement } from '../placements.js';
import type { ConfigurationRepository, Edit } from '../repository.js';
import { putRules } from '../rules.js';
import { deleteShadow, putShadow } from '../shadows.js';
import { deleteSplit, putSplit } from '../splits.js';
import { createTenant } from '../tenants.js';
import { aBundle, aRule, aSplit, someChecks } from './builders.js';

const key: ApiKey = { id: 'k1', kind: 'publishable', hash: Uint8Array.of(0, 1, 255), origins: ['https://shop.example'], expiresAtMs: 1_750_000_000_123 };

/** What every configuration repository does; `open` answers one on an empty place, which `close` takes away. */
export function configurationRepositoryConformance(name: string, open: () => Promise<ConfigurationRepository>): void {
  describe(`the configuration in ${name}`, () => {
    let repository: ConfigurationRepository;
    const change = <T>(tenant: string, edit: Edit<T>): Promise<T> => repository.change({ tenant, actor: 'spec' }, edit);
    const create = (tenant: string): Promise<Tenant> => change(tenant, createTenant(tenant, new Uint8Array(32).fill(tenant.length)));
    const read = async (tenant: string): Promise<Tenant> => (await repository.read()).tenants.find(({ id }) => id === tenant)!;

    beforeAll(async () => {
      repository = await open();
    }, 60_000);
    afterAll(() => repository.close(), 30_000);

    it('keeps a tenant as it was made', async () => {
      const made = await create('whole');
      expect(sorted(await read('whole'))).toEqual(sorted(made));
    });

    it('keeps every kind of change', async () => {
      await create('kinds');
      await change('kinds', addKey(key));
      await change('kinds', addKey({ ...key, id: 'k2', hash: Uint8Array.of(2), origins: [], expiresAtMs: undefined }));
      await change('kinds', revokeKey('k1'));
      const home = await change('kinds', putPlacement({ ...DEFAULT_PLACEMENTS[0]!, candidates: 100, fill: 'strict', rules: [aRule({ pin: { expression: 'true', slot: 2 } })] }));
      const rules = await change('kinds', putRules({ rules: [aRule()], caps: [{ group: 'brand', limit: 1, window: 3 }] }));
      const split = await change('kinds', putSplit(aSplit()));
      await change('kinds', putSplit(aSplit({ name: 'carts', placement: 'cart' })));
      await change('kinds', deleteSplit('carts'));
      await change('kinds', putShadow({ placement: 'cart', retriever: 'cf@champion', ranker: '', share: 1 }));
      await change('kinds', putShadow({ placement: 'home', retriever: '', ranker: 'ranker@champion', share: 1 }));
      const shadow = await change('kinds', putShadow({ placement: 'home', retriever: '', ranker: 'ranker@champion', share: 0.25 }));
      await change('kinds', deleteShadow('cart'));
      const versions = [await change('kinds', registerModelVersion(aBundle('a'))), await change('kinds', registerModelVersion(aBundle('b')))];
      await change('kinds', recordChecks({ model: 'ranker', version: 1, checks: someChecks('failed') }));
      await change('kinds', recordChecks({ model: 'ranker', version: 2, checks: someChecks() }));
      await change('kinds', setAlias({ model: 'ranker', alias: 'champion', version: 1 }, { reason: 'spec', force: true }));
      await change('kinds', setAlias({ model: 'ranker', alias: 'champion', version: 2 }, { reason: 'better' }));
      const tenant = await read('kinds');
      expect(tenant.keys.map(({ hash, ...rest }) => ({ ...rest, hash: [...hash] }))).toEqual([{ id: 'k2', kind: 'publishable', hash: [2], origins: [], expiresAtMs: undefined }]);
      expect(tenant.placements.find(({ name: placement }) => placement === 'home')).toEqual(home);
      expect(home.version).toBe(2);
      expect({ rules: tenant.rules, caps: tenant.caps }).toEqual(rules);
      expect(tenant.splits).toEqual([split]);
      expect(tenant.shadows).toEqual([shadow]);
      expect(tenant.models).toEqual(versions.map((version, i) => ({ ...version, checks: someChecks(i === 0 ? 'failed' : 'passed') })));
      expect(tenant.aliases).toEqual([{ model: 'ranker', alias: 'champion', version: 2, previous: 1 }]);
    });

    it('keeps tenants apart', async () => {
      await create('left');
      await create('right');
      await change('left', registerModelVersion(aBundle('a')));
      await change('left', addKey({ ...key, hash: Uint8Array.of(9) }));
      expect(await read('right')).toMatchObject({ models: [], keys: [] });
      expect(await change('right', registerModelVersion(aBundle('c')))).toMatchObject({ version: 1 });
    });

    it('has a greater version after each change, and the same after none', async () => {
      const before = await repository.version();
      await create('counted');
      const after = await repository.version();
      expect(after).toBeGreaterThan(before);
      await create('counted');
      expect(await repository.version()).toBe(after);
      expect((await repository.read()).version).toBe(after);
      expect(await repository.audit('counted', { before: undefined, max: 10 })).toHaveLength(1);
    });

    it('changes nothing when an edit throws', async () => {
      await create('strict');
      const before = await repository.read();
      await expect(change('strict', deleteSplit('none'))).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'SPLIT_UNKNOWN' });
      await expect(change('nobody', revokeKey('k'))).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'TENANT_UNKNOWN' });
      expect(await repository.read()).toEqual(before);
      expect(await repository.audit('strict', { before: undefined, max: 10 })).toHaveLength(1);
    });

    it('makes one change after another, however many come at once', async () => {
      await create('busy');
      const digits = ['0', '1', '2', '3', '4', '5', '6', '7'];
      const versions = await Promise.all(digits.map((digit) => change('busy', registerModelVersion(aBundle(digit)))));
      expect(versions.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect((await read('busy')).models).toHaveLength(8);
    });

    it('keeps an audit of each tenant, newest first, in pages', async () => {
      await create('audited');
      for (const candidates of [10, 20, 30]) await change('audited', putPlacement({ ...DEFAULT_PLACEMENTS[0]!, candidates }));
      const first = await repository.audit('audited', { before: undefined, max: 3 });
      const rest = await repository.audit('audited', { before: first.at(-1)!.id, max: 3 });
      expect([...first, ...rest].map(({ actor, action, subject }) => ({ actor, action, subject }))).toEqual([
        ...Array.from({ length: 3 }, () => ({ actor: 'spec', action: 'placement.put', subject: 'home' })), { actor: 'spec', action: 'tenant.create', subject: 'audited' },
      ]);
      expect(first[0]!.detail).toMatchObject({ candidates: 30, version: 4 });
      expect(first[0]!.atMs).toBeGreaterThanOrEqual(first[2]!.atMs);
    });
  });
}

/** Rows have no order of their own. */
const sorted = (tenant: Tenant): unknown => ({ ...tenant, signingKey: [...tenant.signingKey], placements: [...tenant.placements].sort((a, b) => (a.name < b.name ? -1 : 1)) });
