import { DomainError, isDomainError } from '@serendip/shared-errors';
import pg from 'pg';

/**
 * Classes of SQLSTATE (and whole codes) that say the server can't do it now: connections, authorisation, resources, shutdown,
 * lost races, a server that only reads, a schema that is not there yet.
 */
const UNAVAILABLE = ['08', '28', '3D', '40', '53', '55', '57', '58', '25006', '42P01'];

/** The failure of work on a database as callers hear of it. What is nobody's but ours stays as it is, and is logged in full. */
export function databaseFailure(error: unknown): unknown {
  if (isDomainError(error)) return error;
  if (!(error instanceof pg.DatabaseError)) return isFault(error) ? error : unavailable(error);
  const { code = '' } = error;
  if (code.startsWith('22')) return new DomainError('INVALID_ARGUMENT', 'VALUE_INVALID', 'A text has characters that cannot be stored.', { cause: error });
  return UNAVAILABLE.some((prefix) => code.startsWith(prefix)) ? unavailable(error) : error;
}

const isFault = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

function unavailable(cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'The control database does not answer: changes wait until it does; services go on with what they know.', { cause });
}
