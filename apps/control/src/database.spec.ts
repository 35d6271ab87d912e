import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresConfigurationRepository, PostgresDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from '@serendip/control-adapters';
import { Fixture, bundle, watchUntil } from './control.fixture.js';

const tenant = 'shop';
const actor = 'spec';
const folder = mkdtempSync(join(tmpdir(), 'control-service-'));
let postgres: EmbeddedPostgres;
let repository: PostgresConfigurationRepository;
let service: Fixture;

const start = (port?: number) => startEmbeddedPostgres({ directory: join(folder, 'postgres'), logger: { warn: () => undefined }, ...(port === undefined ? {} : { port }) });

beforeAll(async () => {
  postgres = await start();
  repository = new PostgresConfigurationRepository(new PostgresDatabase(postgres.url, () => undefined));
  service = await Fixture.start(repository);
}, 60_000);

afterAll(async () => {
  await service.close();
  await repository.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

describe('control on Postgres', () => {
  it('publishes what was changed before it answers', async () => {
    await service.client.createTenant({ id: tenant, actor });
    const { model } = await service.client.registerModelVersion({ tenant, actor, model: bundle('a') });
    await service.client.setModelAlias({ tenant, actor, alias: { model: 'ranker', alias: 'champion', version: model!.version }, force: true, reason: 'spec' });
    const { version, tenants } = (await service.latest())!;
    expect(version).toBe(await repository.version());
    expect(tenants.find(({ id }) => id === tenant)!.aliases).toMatchObject([{ model: 'ranker', alias: 'champion', version: 1 }]);
  });

  it('says that the database is away, serves watchers on, and takes changes again when it is back', async () => {
    const { version } = (await service.latest())!;
    const port = Number(new URL(postgres.url).port);
    await postgres.stop();
    await expect(service.client.createTenant({ id: 'later', actor })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'DATABASE_UNAVAILABLE' });
    await expect(service.client.listAuditEntries({ tenant })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'DATABASE_UNAVAILABLE' });
    expect((await watchUntil(service.client, () => true)).version).toBe(version);
    while (service.snapshots.status()[0]!.ready) await sleep(20);
    expect((await service.latest())!.version).toBe(version);

    const changed = watchUntil(service.client, ({ tenants }) => tenants.some(({ id }) => id === 'later'));
    postgres = await start(port);
    await service.client.createTenant({ id: 'later', actor });
    expect((await changed).version).toBe(version + 1);
    expect(service.snapshots.status().every(({ ready }) => ready)).toBe(true);
  }, 30_000);

  it('serves what it had when it starts again', async () => {
    const again = await Fixture.start(repository);
    const snapshot = await watchUntil(again.client, () => true);
    expect(snapshot.tenants.map(({ id }) => id)).toEqual(['later', tenant]);
    expect(await again.latest()).toEqual(snapshot);
    await again.close();
  });
});
