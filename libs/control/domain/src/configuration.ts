/** What control decides about a tenant. Plain data with the field names of the wire. */
export interface PlacementSource {
  readonly name: string;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly window: string;
}

export interface Placement {
  readonly name: string;
  readonly version: number;
  readonly sources: readonly PlacementSource[];
  readonly hideAfter: readonly string[];
  readonly retriever: string;
  readonly ranker: string;
  readonly objective: readonly { readonly head: string; readonly weight: number }[];
  readonly diversity: number;
  readonly caps: readonly { readonly group: string; readonly limit: number; readonly window: number }[];
  readonly fallback: string;
  readonly logShare: number;
  readonly candidates: number;
}

export interface SplitArm {
  readonly name: string;
  readonly percent: number;
  readonly retriever: string;
  readonly ranker: string;
}

export interface Split {
  readonly name: string;
  readonly placement: string;
  readonly salt: string;
  readonly arms: readonly SplitArm[];
}

export type ModelKind = 'retriever' | 'ranker' | 'item-encoder';

export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly kind: ModelKind;
  readonly bundle: string;
  readonly digest: string;
  readonly createdAtMs: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface ModelAlias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
}

export type KeyKind = 'publishable' | 'secret';

export interface ApiKey {
  readonly id: string;
  readonly kind: KeyKind;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
  readonly origins: readonly string[];
  readonly expiresAtMs: number | undefined;
}

export interface Tenant {
  readonly id: string;
  readonly signingKey: Uint8Array;
  readonly keys: readonly ApiKey[];
  readonly placements: readonly Placement[];
  readonly splits: readonly Split[];
  readonly models: readonly ModelVersion[];
  readonly aliases: readonly ModelAlias[];
}

/** Everything, as of one version. */
export interface Configuration {
  readonly version: number;
  readonly tenants: readonly Tenant[];
}

export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** JSON; never a secret. */
  readonly detail: string;
}
