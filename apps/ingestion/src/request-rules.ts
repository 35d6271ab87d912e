import { DomainError } from '@serendip/shared-errors';

const mostEvents = 500;
const nameCharacters = 256;

function require(holds: boolean, reason: string, message: string): void {
  if (!holds) throw new DomainError('INVALID_ARGUMENT', reason, message);
}

export const requireTenant = (tenant: string): void => require(tenant !== '', 'TENANT_MISSING', 'The request names no tenant.');

export function requireSize(count: number): void {
  require(count <= mostEvents, 'BATCH_TOO_LARGE', `A batch may have ${mostEvents} events, this one has ${count}.`);
}

export const requireBatchNumber = (batch: number): void => require(batch >= 1, 'IMPORT_BATCH_INVALID', 'Batches are counted from 1.');

/** None, or one for each event, ascending. */
export function requireIndices(indices: readonly number[], events: number): void {
  const fit = indices.length === 0 || (indices.length === events && indices.every((index, i) => i === 0 || index > indices[i - 1]!));
  require(fit, 'IMPORT_BATCH_INVALID', 'A batch of an import has an index for each of its events, ascending, or none.');
}

export function requireImportName(name: string): void {
  require(name.length > 0 && name.length <= nameCharacters, 'IMPORT_NAME_INVALID', `An import has a name of 1 to ${nameCharacters} characters.`);
}

/** @param most entries of a list in a request. */
export function requireAtMost(most: number, count: number): void {
  require(count <= most, 'BATCH_TOO_LARGE', `A request may name ${most} dead letters, this one names ${count}.`);
}

export const requireNamed = (named: boolean): void => require(named, 'DEAD_LETTERS_UNNAMED', 'The request does not say which dead letters: name ids, or a reason.');
