import type { Generated } from 'kysely';

/** The tables, as migrations make them. */
export interface Tables {
  configuration: { version: string };
  tenants: { id: string; signing_key: Buffer };
  api_keys: { tenant: string; id: string; kind: 'publishable' | 'secret'; hash: Buffer; origins: string; expires_at: Date | null };
  placements: { tenant: string; name: string; version: number; definition: string };
  splits: { tenant: string; placement: string; name: string; salt: string; arms: string };
  model_versions: { tenant: string; name: string; version: number; kind: string; bundle: string; digest: string; metrics: string; created_at: Generated<Date> };
  model_aliases: { tenant: string; model: string; alias: string; version: number };
  audit_entries: { id: Generated<string>; tenant: string; at: Generated<Date>; actor: string; action: string; subject: string; detail: string };
}
