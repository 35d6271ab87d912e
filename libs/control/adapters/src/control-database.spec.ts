import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_PLACEMENTS } from '@serendip/control-domain';
import { PostgresConfigurationRepository, startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'control-'));
const logger = { warn: () => undefined };
const start = () => startEmbeddedPostgres({ directory: join(folder, 'postgres'), logger });

let postgres: EmbeddedPostgres;
let repository: PostgresConfigurationRepository;

beforeAll(async () => {
  postgres = await start();
  repository = new PostgresConfigurationRepository(postgres.url, () => undefined);
  await repository.migrate();
}, 60_000);

afterAll(async () => {
  await repository.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const change = (tenant: string, action = 'test') => ({ tenant, actor: 'spec', action, subject: 'x', detail: { a: 1 } });
const addTenant = (tenant: string) => repository.change(change(tenant, 'tenant.create'), async (writer) => {
  const added = await writer.addTenant(tenant, new Uint8Array(32));
  if (added) for (const placement of DEFAULT_PLACEMENTS) await writer.putPlacement(tenant, placement);
  return added;
});
const model = { name: 'ranker', kind: 'ranker', bundle: 'models/ranker/x', digest: 'a', metrics: { 'ndcg@10': 0.25 }, createdAtMs: 1000 } as const;

describe('the control database', () => {
  it('migrates once, whoever tries again', async () => {
    await repository.migrate();
    expect(await repository.version()).toBeGreaterThan(0);
  });

  it('keeps a tenant with its placements, keys and splits, and counts versions', async () => {
    const before = await repository.version();
    expect(await addTenant('shop')).toBe(true);
    expect(await addTenant('shop')).toBe(false);
    await repository.change(change('shop'), (writer) => writer.addKey('shop', { id: 'k', kind: 'secret', hash: Uint8Array.of(1, 2), origins: ['https://a'], expiresAtMs: 5000 }));
    const arms = [{ name: 'b', percent: 10, retriever: '', ranker: 'ranker@2' }];
    await repository.change(change('shop'), (writer) => writer.putSplit('shop', { name: 's', placement: 'home', salt: 'x', arms }));
    const { version, tenants } = await repository.read();
    const shop = tenants.find(({ id }) => id === 'shop')!;
    expect(version).toBe(before + 4);
    expect(shop.placements.map(({ name }) => name).sort()).toEqual(['cart', 'home', 'item', 'new', 'trending']);
    expect(shop.placements.find(({ name }) => name === 'home')!.sources).toEqual(DEFAULT_PLACEMENTS[0]!.sources);
    expect(shop.keys[0]).toMatchObject({ id: 'k', kind: 'secret', origins: ['https://a'], expiresAtMs: 5000 });
    expect([...shop.keys[0]!.hash]).toEqual([1, 2]);
    expect(shop.splits).toEqual([{ name: 's', placement: 'home', salt: 'x', arms }]);
  });

  it('raises a placement\'s version with each change', async () => {
    await addTenant('versions');
    const put = () => repository.change(change('versions'), (writer) => writer.putPlacement('versions', DEFAULT_PLACEMENTS[0]!));
    expect((await put()).version).toBe(2);
    expect((await put()).version).toBe(3);
  });

  it('gives the same model the same version, and moves aliases', async () => {
    await addTenant('models');
    const add = (digest: string) => repository.change(change('models'), (writer) => writer.addModelVersion('models', { ...model, digest }));
    expect([(await add('a')).version, (await add('b')).version, (await add('a')).version]).toEqual([1, 2, 1]);
    const alias = (version: number) => repository.change(change('models'), (writer) => writer.setAlias('models', { model: 'ranker', alias: 'champion', version }));
    expect([await alias(1), await alias(2), await alias(7)]).toEqual([0, 1, undefined]);
    expect((await repository.read()).tenants.find(({ id }) => id === 'models')!.aliases).toEqual([{ model: 'ranker', alias: 'champion', version: 2 }]);
  });

  it('changes nothing when a change fails half way, and refuses what refers to nothing', async () => {
    const before = await repository.version();
    await expect(repository.change(change('shop'), async (writer) => {
      await writer.addTenant('half', new Uint8Array(32));
      throw new Error('stop');
    })).rejects.toThrow();
    expect((await repository.read()).tenants.some(({ id }) => id === 'half')).toBe(false);
    expect(await repository.version()).toBe(before);
    await expect(repository.change(change('none'), (writer) => writer.putPlacement('none', DEFAULT_PLACEMENTS[0]!))).rejects.toMatchObject({ reason: 'REFERENCE_UNKNOWN' });
  });

  it('keeps an audit, newest first, by tenant', async () => {
    const entries = await repository.audit('shop', { before: undefined, max: 2 });
    expect(entries).toHaveLength(2);
    expect(entries[0]!.id).toBeGreaterThan(entries[1]!.id);
    expect(await repository.audit('shop', { before: entries[1]!.id, max: 100 })).not.toContainEqual(entries[0]);
    expect(entries[0]).toMatchObject({ actor: 'spec' });
  });

  it('says that it is away while it is, and has everything when it is back, even after SIGKILL', async () => {
    process.kill(postgres.pid, 'SIGKILL');
    await expect(repository.read()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await repository.close();
    postgres = await start();
    repository = new PostgresConfigurationRepository(postgres.url, () => undefined);
    expect((await repository.read()).tenants.map(({ id }) => id)).toContain('shop');
  }, 60_000);
});
