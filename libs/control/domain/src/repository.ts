import type { Configuration, Tenant } from './configuration.js';

/** What a change did, for the audit. */
export interface AuditRecord {
  /** For example placement.put. */
  readonly action: string;
  readonly subject: string;
  /** Plain data; never a secret. */
  readonly detail: unknown;
}

export interface AuditEntry extends AuditRecord {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
}

/** What a change makes of a tenant: the very tenant it was given when there is nothing to change. */
export interface Edited<T> {
  readonly tenant: Tenant;
  readonly audit: AuditRecord;
  readonly result: T;
}

/** A change: a pure function of the tenant as it is, undefined when there is none. Throws when it may not be. */
export type Edit<T> = (tenant: Tenant | undefined) => Edited<T>;

export interface Who {
  readonly tenant: string;
  readonly actor: string;
}

export interface AuditPage {
  /** Only entries with a smaller id. */
  readonly before: number | undefined;
  readonly max: number;
}

/** Where configuration is kept. Every method throws UNAVAILABLE/DATABASE_UNAVAILABLE while the database is away. */
export abstract class ConfigurationRepository {
  /**
   * Applies an edit in one transaction with its audit entry and the next version, one change at a time; answers the edit's result.
   * Nothing is written when the edit throws or changes nothing. Throws INVALID_ARGUMENT/VALUE_INVALID for text that can't be stored.
   */
  abstract change<T>(who: Who, edit: Edit<T>): Promise<T>;
  abstract read(): Promise<Configuration>;
  /** Grows with every change. */
  abstract version(): Promise<number>;
  /** Entries of a tenant, newest first. */
  abstract audit(tenant: string, page: AuditPage): Promise<readonly AuditEntry[]>;
  abstract close(): Promise<void>;
}
