import { hash64, type Hash64 } from '@serendip/shared-identity';
import type { LogRecord } from './event-log.js';

/** An import and how far it has come. */
export interface ImportState {
  readonly id: string;
  readonly name: string;
  /** The last batch applied; 0 before the first. */
  readonly lastBatch: number;
  /** Events accepted so far. */
  readonly accepted: number;
  /** Events rejected so far. */
  readonly rejected: number;
}

/** Batch `batch` (from 1) of an import, with how many of its events were accepted and rejected. */
export interface ImportBatch {
  readonly tenant: string;
  readonly importId: string;
  readonly batch: number;
  readonly records: readonly LogRecord[];
  readonly accepted: number;
  readonly rejected: number;
}

/**
 * What became of a batch: `applied`, `repeated` (it had been applied before, so nothing changed) or `ahead` (of its turn, so
 * nothing changed); and the import after that.
 */
export interface ImportOutcome {
  readonly status: 'applied' | 'repeated' | 'ahead';
  readonly state: ImportState;
}

/**
 * The imports of each tenant, kept with the log: a batch and the import's progress become durable together or not at all, or, in
 * an engine without such writes, the batch first. Then a batch that is sent again may stand in the log twice, each record with its
 * place in the import, by which readers know it.
 */
export abstract class ImportLedger {
  /** Opens the import of that name, or finds it again. */
  abstract create(tenant: string, name: string): Promise<ImportState>;

  abstract find(tenant: string, importId: string): Promise<ImportState | undefined>;

  /**
   * Appends the records of batch n if and only if the last batch applied is n - 1; resolves once what it answers is durable.
   * NOT_FOUND/IMPORT_UNKNOWN for an import that was not created. A rejection says that the batch may be sent again.
   */
  abstract append(batch: ImportBatch): Promise<ImportOutcome>;
}

const hex = ({ lo, hi }: Hash64): string => hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');

/** The id of the import of that name: the same wherever and whenever it is made. */
export function importIdOf(tenant: string, name: string): string {
  const key = `${tenant}\0${name}`;
  return `imp_${hex(hash64(key))}${hex(hash64(`${key}\0`))}`;
}

/** The import before its first batch. */
export function newImport(tenant: string, name: string): ImportState {
  return { id: importIdOf(tenant, name), name, lastBatch: 0, accepted: 0, rejected: 0 };
}

/** What `batch` does to an import in this state. */
export function importOutcome(state: ImportState, batch: Pick<ImportBatch, 'batch' | 'accepted' | 'rejected'>): ImportOutcome {
  if (batch.batch <= state.lastBatch) return { status: 'repeated', state };
  if (batch.batch > state.lastBatch + 1) return { status: 'ahead', state };
  const next = { ...state, lastBatch: batch.batch, accepted: state.accepted + batch.accepted, rejected: state.rejected + batch.rejected };
  return { status: 'applied', state: next };
}
