import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryConfiguration } from '@serendip/control-domain/testing';
import { control, create } from '@serendip/shared-contracts';
import { Fixture, bundle, watchUntil } from './control.fixture.js';

const tenant = 'shop';
const actor = 'spec';
let repository: InMemoryConfiguration;
let service: Fixture;

beforeEach(async () => {
  repository = new InMemoryConfiguration();
  service = await Fixture.start(repository);
  await service.client.createTenant({ id: tenant, actor });
});

afterEach(() => service.close());

const published = async (): Promise<control.Tenant> => (await service.latest())!.tenants.find(({ id }) => id === tenant)!;
const home = async (): Promise<control.Placement> => (await published()).placements.find(({ name }) => name === 'home')!;

const passed = [{ name: 'manifest', outcome: control.CheckOutcome.PASSED, detail: 'A ranker.', figures: { files: 2 } }];

describe('tenants and keys', () => {
  it('creates a tenant once, with its placements and a signing key', async () => {
    const first = await published();
    expect(first.placements.map(({ name }) => name)).toEqual(['home', 'item', 'cart', 'trending', 'new']);
    expect(first.signingKey).toHaveLength(32);
    const { tenant: again } = await service.client.createTenant({ id: tenant, actor });
    expect([...again!.signingKey]).toEqual([...first.signingKey]);
    expect((await service.latest())!.version).toBe(await repository.version());
  });

  it('answers a secret once and keeps its hash only', async () => {
    const { key, secret } = await service.client.createKey({ tenant, kind: control.KeyKind.SECRET, actor });
    expect(secret).toMatch(/^sk_[A-Za-z0-9_-]{43}$/);
    const [kept] = (await published()).keys;
    expect(kept!.id).toBe(key!.id);
    expect([...kept!.hash]).toEqual([...createHash('sha256').update(secret).digest()]);
    const bytes = Buffer.from((await service.objects.get('config/latest.bin'))!);
    expect(bytes.includes(secret)).toBe(false);
    const { entries } = await service.client.listAuditEntries({ tenant });
    expect(JSON.stringify(entries)).not.toContain(secret.slice(3));
  });

  it('makes no two keys alike, and takes them away', async () => {
    const make = () => service.client.createKey({ tenant, kind: control.KeyKind.PUBLISHABLE, origins: ['https://shop.example'], actor });
    const [one, two] = [await make(), await make()];
    expect(one.secret).not.toBe(two.secret);
    await service.client.revokeKey({ tenant, keyId: one.key!.id, actor });
    expect((await published()).keys.map(({ id, origins }) => ({ id, origins }))).toEqual([{ id: two.key!.id, origins: ['https://shop.example'] }]);
    await expect(service.client.revokeKey({ tenant, keyId: one.key!.id, actor })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'KEY_UNKNOWN' });
  });
});

describe('placements, splits and models', () => {
  it('publishes a placement with its next version, and every field of it', async () => {
    const { placement } = await service.client.putPlacement({ tenant, actor, placement: { ...(await home()), candidates: 123, objective: [create(control.ObjectiveWeightSchema, { head: 'engage', weight: 0.5 })] } });
    expect(placement).toMatchObject({ version: 2, candidates: 123 });
    expect(await home()).toEqual(placement);
  });

  it('answers what is wrong with one', async () => {
    const put = async (more: object) => service.client.putPlacement({ tenant, actor, placement: { ...(await home()), ...more } });
    await expect(put({ fallback: 'magic' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'PLACEMENT_INVALID', message: expect.stringContaining('magic') });
    await expect(put({ ranker: 'ranker@3' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'MODEL_REFERENCE_INVALID' });
    await expect(service.client.putPlacement({ tenant, actor })).rejects.toMatchObject({ reason: 'FIELD_MISSING' });
    await expect(service.client.putPlacement({ tenant: 'nobody', actor, placement: await home() })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'TENANT_UNKNOWN' });
  });

  it('registers versions, moves an alias and moves it back', async () => {
    const register = async (digit: string) => (await service.client.registerModelVersion({ tenant, actor, model: bundle(digit) })).model!;
    const [one, two, same] = [await register('a'), await register('b'), await register('a')];
    expect([one.version, two.version, same.version]).toEqual([1, 2, 1]);
    for (const version of [1, 2]) await service.client.recordModelChecks({ tenant, actor, model: 'ranker', version, checks: passed });
    const point = async (version: number) => (await service.client.setModelAlias({ tenant, actor, reason: 'spec', alias: { model: 'ranker', alias: 'champion', version } })).alias?.previousVersion;
    expect([await point(1), await point(2), await point(1), await point(1)]).toEqual([0, 1, 2, 2]);
    const { models, aliases } = await published();
    expect(models.map(({ name, version, kind, metrics }) => ({ name, version, kind, metrics }))).toEqual([1, 2].map((version) => ({ name: 'ranker', version, kind: control.ModelKind.RANKER, metrics: { 'ndcg@10': 0.25 } })));
    expect(aliases.map(({ version }) => version)).toEqual([1]);
    expect(await service.client.rollBackModelAlias({ tenant, actor, model: 'ranker', alias: 'champion', reason: 'worse' })).toMatchObject({ alias: { version: 2, previousVersion: 1 } });
    await expect(point(9)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN' });
  });

  it('takes an alias away, not one that serves', async () => {
    await service.client.registerModelVersion({ tenant, actor, model: bundle('a') });
    await service.client.recordModelChecks({ tenant, actor, model: 'ranker', version: 1, checks: passed });
    for (const alias of ['champion', 'challenger']) await service.client.setModelAlias({ tenant, actor, alias: { model: 'ranker', alias, version: 1 } });
    await service.client.deleteModelAlias({ tenant, actor, model: 'ranker', alias: 'challenger', reason: 'tried' });
    expect((await published()).aliases.map(({ alias }) => alias)).toEqual(['champion']);
    const [entry] = (await service.client.listAuditEntries({ tenant, pageSize: 1 })).entries;
    expect([entry!.action, entry!.subject, JSON.parse(entry!.detail)]).toEqual(['alias.delete', 'ranker@challenger', { previousVersion: 1, reason: 'tried' }]);
    await expect(service.client.deleteModelAlias({ tenant, actor, model: 'ranker', alias: 'champion' })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'ALIAS_IN_USE' });
  });

  it('keeps what checks found, and lets nobody point at what failed but by force', async () => {
    await service.client.registerModelVersion({ tenant, actor, model: bundle('a') });
    const read = () => service.client.getModelChecks({ tenant, model: 'ranker', version: 1 });
    expect(await read()).toMatchObject({ state: control.CheckState.PENDING, checks: [] });
    const failed = { name: 'golden', outcome: control.CheckOutcome.FAILED, detail: 'Line 1.', figures: { cases: 8 } };
    expect((await service.client.recordModelChecks({ tenant, actor, model: 'ranker', version: 1, checks: [...passed, failed] })).state).toBe(control.CheckState.FAILED);
    expect(await read()).toMatchObject({ state: control.CheckState.FAILED, checks: [...passed, failed] });
    expect((await published()).models).toMatchObject([{ checks: control.CheckState.FAILED }]);
    const alias = { model: 'ranker', alias: 'champion', version: 1 };
    await expect(service.client.setModelAlias({ tenant, actor, alias })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'CHECKS_NOT_PASSED' });
    await service.client.setModelAlias({ tenant, actor, alias, force: true, reason: 'an emergency' });
    const [entry] = (await service.client.listAuditEntries({ tenant, pageSize: 1 })).entries;
    expect(JSON.parse(entry!.detail)).toMatchObject({ force: true, reason: 'an emergency', checks: 'failed' });
    await expect(service.client.recordModelChecks({ tenant, actor, model: 'ranker', version: 1, checks: [{ name: 'golden' }] })).rejects.toMatchObject({ reason: 'CHECK_OUTCOME_INVALID' });
    await expect(service.client.getModelChecks({ tenant, model: 'ranker', version: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN' });
  });

  it('keeps the newest ten versions of a model and those that are pointed at, with their bundles, whoever else has the same', async () => {
    await service.client.createTenant({ id: 'other', actor });
    const digest = (n: number): string => n.toString(16).padStart(64, '0');
    const register = async (n: number, of = tenant) => {
      for (const file of ['model.yaml', 'model.onnx']) await service.objects.put(`models/ranker/${digest(n)}/${file}`, Uint8Array.of(n));
      return service.client.registerModelVersion({ tenant: of, actor, model: { ...bundle('a'), digest: digest(n), bundle: `models/ranker/${digest(n)}` } });
    };
    await register(3, 'other');
    for (let n = 1; n <= 2; n++) await register(n);
    await service.client.setModelAlias({ tenant, actor, alias: { model: 'ranker', alias: 'champion', version: 2 }, force: true, reason: 'spec' });
    for (let n = 3; n <= 14; n++) await register(n);
    expect((await published()).models.map(({ version }) => version)).toEqual([2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    const left = new Set((await service.objects.list('models/')).map((key) => Number.parseInt(key.split('/')[2]!, 16)));
    expect([...left].sort((a, b) => a - b)).toEqual([2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(await service.objects.list(`models/ranker/${digest(2)}/`)).toHaveLength(2);
  });

  it('splits a placement between versions, and stops', async () => {
    await service.client.registerModelVersion({ tenant, actor, model: bundle('a') });
    await service.client.recordModelChecks({ tenant, actor, model: 'ranker', version: 1, checks: passed });
    const split = { name: 'rankers', placement: 'home', arms: [{ name: 'new', percent: 12.5, ranker: 'ranker@1' }] };
    await service.client.putSplit({ tenant, actor, split });
    expect((await published()).splits).toMatchObject([{ ...split, salt: 'rankers' }]);
    await expect(service.client.putSplit({ tenant, actor, split: { ...split, name: 'second' } })).rejects.toMatchObject({ code: 'ALREADY_EXISTS', reason: 'SPLIT_EXISTS' });
    await service.client.deleteSplit({ tenant, actor, name: 'rankers' });
    expect((await published()).splits).toEqual([]);
  });
});

describe('the audit', () => {
  it('is read in pages, newest first, to its end', async () => {
    for (const candidates of [10, 20, 30, 40]) await service.client.putPlacement({ tenant, actor: candidates === 40 ? '' : actor, placement: { ...(await home()), candidates } });
    const pages: control.ListAuditEntriesResponse[] = [];
    for (let pageToken = '', more = true; more; pageToken = pages.at(-1)!.nextPageToken, more = pageToken !== '') {
      pages.push(await service.client.listAuditEntries({ tenant, pageSize: 2, pageToken }));
    }
    expect(pages.map(({ entries }) => entries.map((entry) => `${entry.actor} ${entry.action} ${entry.subject}`))).toEqual([
      ['unknown placement.put home', 'spec placement.put home'], ['spec placement.put home', 'spec placement.put home'], ['spec tenant.create shop'],
    ]);
    expect(JSON.parse(pages[0]!.entries[0]!.detail)).toMatchObject({ candidates: 40, version: 5 });
  });

  it('has no entry for what changed nothing or was refused', async () => {
    await service.client.createTenant({ id: tenant, actor });
    await expect(service.client.deleteSplit({ tenant, actor, name: 'none' })).rejects.toMatchObject({ reason: 'SPLIT_UNKNOWN' });
    expect((await service.client.listAuditEntries({ tenant })).entries).toHaveLength(1);
  });

  it('refuses page tokens that it did not make', async () => {
    for (const pageToken of ['x', '-1', '1.5']) await expect(service.client.listAuditEntries({ tenant, pageToken })).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
  });
});

describe('watchers', () => {
  it('get the current snapshot, then each newer one', async () => {
    const seen: number[] = [];
    const done = (async () => {
      for await (const { snapshot } of service.client.watchConfig({}, {})) {
        seen.push(snapshot!.version);
        if (seen.length === 3) return;
        await service.client.createTenant({ id: `tenant-${seen.length}`, actor });
      }
    })();
    await done;
    const [first] = seen;
    expect(seen).toEqual([first, first! + 1, first! + 2]);
  });

  it('hear of changes that another replica made', async () => {
    const replica = await Fixture.start(repository);
    const heard = watchUntil(service.client, ({ tenants }) => tenants.some(({ id }) => id === 'elsewhere'));
    await replica.client.createTenant({ id: 'elsewhere', actor });
    expect((await heard).version).toBe(await repository.version());
    await replica.close();
  });

  it('are counted, with changes by what became of them', async () => {
    await service.client.deleteSplit({ tenant, actor, name: 'none' }).catch(() => undefined);
    const text = await service.registry.metrics();
    expect(text).toContain('serendip_config_changes_total{rpc="createTenant",code="OK"} 1');
    expect(text).toContain('serendip_config_changes_total{rpc="deleteSplit",code="NOT_FOUND"} 1');
    expect(text).toContain(`serendip_config_version ${await repository.version()}`);
    expect(text).toContain('serendip_config_dependency_up{dependency="database"} 1');
  });
});
