import type { ApiKey, AuditEntry, Configuration, ModelAlias, ModelVersion, Placement, Split } from './configuration.js';

/** Who changes what, for the audit. */
export interface Change {
  readonly tenant: string;
  readonly actor: string;
  /** For example placement.put. */
  readonly action: string;
  readonly subject: string;
  readonly detail: unknown;
}

/** One transaction's worth of changes; its audit entry and the new version are written with it. */
export abstract class ConfigurationWriter {
  /** False when it is there already. */
  abstract addTenant(id: string, signingKey: Uint8Array): Promise<boolean>;
  abstract addKey(tenant: string, key: ApiKey): Promise<void>;
  /** False when there is no such key. */
  abstract removeKey(tenant: string, keyId: string): Promise<boolean>;
  /** Answers it with its new version. */
  abstract putPlacement(tenant: string, placement: Placement): Promise<Placement>;
  abstract putSplit(tenant: string, split: Split): Promise<void>;
  /** False when there is no such split. */
  abstract removeSplit(tenant: string, name: string): Promise<boolean>;
  /** The version of that digest if it is registered, else the next one. */
  abstract addModelVersion(tenant: string, model: Omit<ModelVersion, 'version'>): Promise<ModelVersion>;
  /** The version it pointed at before; 0 if none. Undefined when there is no such version of the model. */
  abstract setAlias(tenant: string, alias: ModelAlias): Promise<number | undefined>;
}

/** Where configuration is kept. Every method throws UNAVAILABLE/DATABASE_UNAVAILABLE while the database is away. */
export abstract class ConfigurationRepository {
  /** Runs changes in one transaction, with an audit entry and a new version; nothing is changed when `work` throws. */
  abstract change<T>(change: Change, work: (writer: ConfigurationWriter) => Promise<T>): Promise<T>;
  abstract read(): Promise<Configuration>;
  abstract version(): Promise<number>;
  /** Newest first, before an id if one is given. */
  abstract audit(tenant: string, options: { readonly before: number | undefined; readonly max: number }): Promise<readonly AuditEntry[]>;
  abstract close(): Promise<void>;
}
