import type { AuditEntry, ApiKey, ModelKind, ModelVersion, Placement, Shadow, Split, Tenant } from '@serendip/control-domain';
import type { ColumnType, Generated } from 'kysely';

/** Read as what it holds, written as its text. */
type Json<T> = ColumnType<T, string, string>;

/** The tables, as migrations make them. */
export interface Tables {
  /** One row. */
  configuration: { version: string };
  tenants: { id: string; signing_key: Buffer; rules: Json<Tenant['rules']>; caps: Json<Tenant['caps']> };
  api_keys: { tenant: string; id: string; kind: ApiKey['kind']; hash: Buffer; origins: Json<string[]>; expires_at: Date | null; created_at: Generated<Date> };
  placements: { tenant: string; name: string; version: number; definition: Json<Placement> };
  splits: { tenant: string; placement: string; name: string; salt: string; arms: Json<Split['arms']> };
  shadows: { tenant: string } & Shadow;
  model_versions: { tenant: string; name: string; version: number; kind: ModelKind; bundle: string; digest: string; metrics: Json<ModelVersion['metrics']>; checks: Json<ModelVersion['checks']>; created_at: Date };
  model_aliases: { tenant: string; model: string; alias: string; version: number; previous: number };
  audit_entries: { id: Generated<string>; tenant: string; at: Date; actor: string; action: string; subject: string; detail: Json<AuditEntry['detail']> };
  /** `status` and `body` are null until there is an answer. */
  idempotency_keys: { tenant: string; key: string; fingerprint: Buffer; reserved_at: Date; status: ColumnType<number | null, number | null | undefined>; body: ColumnType<Buffer | null, Buffer | null | undefined> };
}
