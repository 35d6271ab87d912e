import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { MAX_EPOCH } from '@serendip/events-domain';
import { open, type Database, type RootDatabase } from 'lmdb';
import { HEADER_VERSION, decodeHeader, encodeHeader, newHeader, type LogHeader } from './log-header.js';

const headerKey = Buffer.from('header');
const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

/**
 * The LMDB environment of a log. Commits are on disk when they resolve: no overlapping sync. Nothing is batched by event turn,
 * because lmdb then rejects a promise that nobody holds when a commit fails.
 */
export interface LogEnvironment {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** Chunks by `recordKey`. */
  readonly records: Database<Buffer, Buffer>;
  readonly meta: Database<Buffer, Buffer>;
  /** Import states by tenant and id. */
  readonly imports: Database<Buffer, Buffer>;
}

export function openLogEnvironment(path: string, mode: 'writer' | 'reader'): LogEnvironment {
  const root = open<Buffer, Buffer>(path, { ...binary, overlappingSync: false, eventTurnBatching: false, readOnly: mode === 'reader', maxDbs: 4 });
  const database = (name: string): Database<Buffer, Buffer> => root.openDB<Buffer, Buffer>({ ...binary, name });
  return { root, records: database('records'), meta: database('meta'), imports: database('imports') };
}

export function readHeader({ meta }: LogEnvironment): LogHeader | undefined {
  const bytes = meta.get(headerKey);
  return bytes === undefined ? undefined : decodeHeader(bytes);
}

/** Within a transaction only. */
export function writeHeader({ meta }: LogEnvironment, header: LogHeader): void {
  void meta.put(headerKey, encodeHeader(header));
}

/** Marks the log as open, in a new epoch when it was not closed cleanly; durable when it returns. */
export function beginWriting(environment: LogEnvironment): { readonly fresh: boolean; readonly ends: Float64Array } {
  return environment.root.transactionSync(() => {
    const known = readHeader(environment);
    const header = known === undefined ? newHeader() : reopened(known);
    writeHeader(environment, header);
    return { fresh: known === undefined, ends: header.ends };
  });
}

function reopened(header: LogHeader): LogHeader {
  if (header.version !== HEADER_VERSION || header.partitions !== PARTITIONS) {
    const found = `layout ${header.version} with ${header.partitions} partitions`;
    throw new DomainError('FAILED_PRECONDITION', 'LOG_INCOMPATIBLE', `The log has ${found}; this version reads layout ${HEADER_VERSION} with ${PARTITIONS}: replay it into a new one.`);
  }
  const epoch = header.clean ? header.epoch : header.epoch + 1;
  if (epoch > MAX_EPOCH) throw new DomainError('FAILED_PRECONDITION', 'LOG_EPOCHS_EXHAUSTED', 'The log was not closed cleanly too often: replay it into a new one.');
  return { ...header, epoch, clean: false };
}
