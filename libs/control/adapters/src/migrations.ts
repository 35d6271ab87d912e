import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Forward only; a migration that has landed is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-tenants': {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`CREATE TABLE configuration (version bigint NOT NULL)`.execute(db);
      await sql`INSERT INTO configuration VALUES (1)`.execute(db);
      await sql`CREATE TABLE tenants (id text PRIMARY KEY, signing_key bytea NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`.execute(db);
      await sql`CREATE TABLE api_keys (
        tenant text NOT NULL REFERENCES tenants, id text NOT NULL, kind text NOT NULL CHECK (kind IN ('publishable', 'secret')), hash bytea NOT NULL UNIQUE,
        origins jsonb NOT NULL DEFAULT '[]', expires_at timestamptz, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant, id))`.execute(db);
      await sql`CREATE TABLE placements (
        tenant text NOT NULL REFERENCES tenants, name text NOT NULL, version integer NOT NULL, definition jsonb NOT NULL, PRIMARY KEY (tenant, name))`.execute(db);
      await sql`CREATE TABLE splits (
        tenant text NOT NULL, placement text NOT NULL, name text NOT NULL, salt text NOT NULL, arms jsonb NOT NULL, PRIMARY KEY (tenant, name),
        UNIQUE (tenant, placement), FOREIGN KEY (tenant, placement) REFERENCES placements (tenant, name))`.execute(db);
      await sql`CREATE TABLE model_versions (
        tenant text NOT NULL REFERENCES tenants, name text NOT NULL, version integer NOT NULL, kind text NOT NULL, bundle text NOT NULL, digest text NOT NULL,
        metrics jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant, name, version), UNIQUE (tenant, name, digest))`.execute(db);
      await sql`CREATE TABLE model_aliases (
        tenant text NOT NULL, model text NOT NULL, alias text NOT NULL, version integer NOT NULL, PRIMARY KEY (tenant, model, alias),
        FOREIGN KEY (tenant, model, version) REFERENCES model_versions (tenant, name, version))`.execute(db);
      await sql`CREATE TABLE audit_entries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, at timestamptz NOT NULL DEFAULT now(), actor text NOT NULL, action text NOT NULL,
        subject text NOT NULL, detail jsonb NOT NULL)`.execute(db);
      await sql`CREATE INDEX audit_entries_by_tenant ON audit_entries (tenant, id DESC)`.execute(db);
    },
  },
  '002-rules': {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`ALTER TABLE tenants ADD COLUMN rules jsonb NOT NULL DEFAULT '[]', ADD COLUMN caps jsonb NOT NULL DEFAULT '[]'`.execute(db);
      await sql`UPDATE placements SET definition = '{"rules": [], "fill": "fill-up"}'::jsonb || definition`.execute(db);
    },
  },
  '003-previous-versions': {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`ALTER TABLE model_aliases ADD COLUMN previous integer NOT NULL DEFAULT 0`.execute(db);
    },
  },
  '004-idempotency-keys': {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`CREATE TABLE idempotency_keys (
        tenant text NOT NULL REFERENCES tenants, key text NOT NULL, fingerprint bytea NOT NULL, reserved_at timestamptz NOT NULL, status integer, body bytea,
        PRIMARY KEY (tenant, key))`.execute(db);
      await sql`CREATE INDEX idempotency_keys_by_time ON idempotency_keys (tenant, reserved_at)`.execute(db);
    },
  },
  '005-shadows': {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`CREATE TABLE shadows (
        tenant text NOT NULL, placement text NOT NULL, retriever text NOT NULL, ranker text NOT NULL, share double precision NOT NULL,
        PRIMARY KEY (tenant, placement), FOREIGN KEY (tenant, placement) REFERENCES placements (tenant, name))`.execute(db);
    },
  },
  '006-model-checks': {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`ALTER TABLE model_versions ADD COLUMN checks jsonb NOT NULL DEFAULT '[]'`.execute(db);
    },
  },
};
