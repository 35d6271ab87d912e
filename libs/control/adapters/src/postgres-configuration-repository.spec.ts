import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTenant, registerModelVersion, setAlias } from '@serendip/control-domain';
import { aBundle, aTenant, configurationRepositoryConformance, idempotencyKeysConformance } from '@serendip/control-domain/testing';
import pg from 'pg';
import { PostgresConfigurationRepository, PostgresDatabase, PostgresIdempotencyKeys, startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'control-'));
let postgres: EmbeddedPostgres;

/** A database of its own on the one server of this file. */
async function database(name: string): Promise<string> {
  await execute(postgres.url, `CREATE DATABASE ${name}`);
  return postgres.url.replace(/[^/]+$/, name);
}

async function execute(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(sql).finally(() => client.end());
}

const open = (url: string): PostgresConfigurationRepository => new PostgresConfigurationRepository(new PostgresDatabase(url, () => undefined));

/** The answer once there is one. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await work().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(20);
  }
}

const create = (repository: PostgresConfigurationRepository, id: string, actor = 'spec') => repository.change({ tenant: id, actor }, createTenant(id, new Uint8Array(32)));

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), logger: { warn: () => undefined } });
}, 60_000);

afterAll(async () => {
  await Promise.all(databases.map((opened) => opened.close()));
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

configurationRepositoryConformance('Postgres', async () => open(await database('conformance')));

const databases: PostgresDatabase[] = [];

idempotencyKeysConformance('Postgres', async () => {
  const opened = new PostgresDatabase(await database('idempotency'), () => undefined);
  databases.push(opened);
  const repository = new PostgresConfigurationRepository(opened);
  for (const id of ['a', 'b']) await create(repository, id);
  return new PostgresIdempotencyKeys(opened);
});

describe('migrations', () => {
  it('run once before the first use, however many processes start at the same time', async () => {
    const url = await database('migrations');
    const replicas = Array.from({ length: 4 }, () => open(url));
    await Promise.all(replicas.map((replica, i) => create(replica, `tenant-${i}`)));
    expect((await replicas[0]!.read()).tenants).toHaveLength(4);
    await Promise.all(replicas.map((replica) => replica.close()));
    const { rows } = await execute(url, 'SELECT name FROM kysely_migration ORDER BY name');
    expect(rows.map(({ name }) => name)).toEqual(['001-tenants', '002-rules', '003-previous-versions', '004-idempotency-keys', '005-shadows', '006-model-checks']);
  });

  it('give a database from before rules its rules, which are none, and its aliases no version to go back to', async () => {
    const url = await database('before_rules');
    const repository = open(url);
    await create(repository, 'old');
    const who = { tenant: 'old', actor: 'spec' };
    for (const digit of ['a', 'b']) {
      const { version } = await repository.change(who, registerModelVersion(aBundle(digit)));
      await repository.change(who, setAlias({ model: 'ranker', alias: 'champion', version }, { reason: 'spec', force: true }));
    }
    await repository.close();
    await execute(url, `DELETE FROM kysely_migration WHERE name >= '002-rules'; ALTER TABLE tenants DROP COLUMN rules, DROP COLUMN caps; ALTER TABLE model_aliases DROP COLUMN previous; ALTER TABLE model_versions DROP COLUMN checks; DROP TABLE idempotency_keys, shadows;
      UPDATE placements SET definition = definition - 'rules' - 'fill'`);
    const after = open(url);
    const [tenant] = (await after.read()).tenants;
    expect(tenant).toMatchObject({ rules: [], caps: [], aliases: [{ model: 'ranker', alias: 'champion', version: 2, previous: 0 }] });
    expect(tenant!.placements.map(({ rules, fill, candidates }) => ({ rules, fill, candidates: candidates > 0 }))).toEqual(Array(5).fill({ rules: [], fill: 'fill-up', candidates: true }));
    await after.close();
  });

  it('leave what is there, and come again when the database was replaced', async () => {
    const url = await database('replaced');
    const repository = open(url);
    await create(repository, 'before');
    const second = open(url);
    expect((await second.read()).tenants.map(({ id }) => id)).toEqual(['before']);
    await execute(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await expect(repository.read()).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'DATABASE_UNAVAILABLE' });
    expect((await repository.read()).tenants).toEqual([]);
    await Promise.all([repository.close(), second.close()]);
  });
});

describe('a database with several users', () => {
  it('gives replicas one order of changes, without a gap', async () => {
    const url = await database('replicas');
    const replicas = [open(url), open(url)];
    const before = await replicas[1]!.version();
    await Promise.all(Array.from({ length: 20 }, (_, i) => create(replicas[i % 2]!, `tenant-${i}`)));
    expect(await replicas[1]!.version()).toBe(before + 20);
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  it('refuses text that Postgres has no way to hold', async () => {
    const repository = open(await database('texts'));
    await expect(create(repository, 'shop', 'a\0b')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'VALUE_INVALID' });
    expect((await repository.read()).tenants).toEqual([]);
    await repository.close();
  });

  it('holds whole changes only when the server is killed within one, and everything that was answered', async () => {
    const repository = open(await database('killed'));
    await create(repository, 'answered');
    const [before, pid] = [await repository.version(), postgres.pid];
    const within = repository.change({ tenant: 'within', actor: 'spec' }, () => {
      process.kill(pid, 'SIGKILL');
      return { tenant: aTenant({ id: 'within' }), audit: { action: 'test', subject: '', detail: {} }, result: 'answered' };
    });
    const outcome = await within.catch(({ code, reason }: { code: string; reason: string }) => `${code}/${reason}`);
    while (postgres.pid === pid) await sleep(20);
    const { version, tenants } = await eventually(() => repository.read());
    const made = tenants.find(({ id }) => id === 'within');
    const entries = await repository.audit('within', { before: undefined, max: 10 });
    // Connections of a killed server may still end what they were at, and may do so without being able to say it.
    expect(outcome).toBe(made !== undefined && outcome === 'answered' ? 'answered' : 'UNAVAILABLE/DATABASE_UNAVAILABLE');
    expect([made?.placements.length ?? 0, entries.length, version - before]).toEqual(made === undefined ? [0, 0, 0] : [5, 1, 1]);
    expect(tenants.map(({ id }) => id)).toContain('answered');
    await create(repository, 'later');
    await repository.close();
  }, 30_000);
});
