import { DomainError } from '@serendip/shared-errors';

const PART = /^[A-Za-z0-9@_.=+-]{1,200}$/;
/** How a directory calls what is being written: no part of a key begins with it. */
export const TEMPORARY = '.writing-';

/** The parts of a key; throws INVALID_ARGUMENT/OBJECT_KEY_INVALID for what is none. */
export function partsOf(key: string): readonly string[] {
  const parts = key.split('/');
  if (!parts.every((part) => PART.test(part) && part !== '.' && part !== '..' && !part.startsWith(TEMPORARY))) {
    throw new DomainError('INVALID_ARGUMENT', 'OBJECT_KEY_INVALID', `'${key.slice(0, 200)}' is no object key: parts of letters, digits and @_.=+- separated by '/'.`);
  }
  return parts;
}

/** The folder of a prefix, which must be a key; '' for none. */
export function folderOf(prefix: string): string {
  const end = prefix.lastIndexOf('/');
  return end < 0 ? '' : partsOf(prefix.slice(0, end)).join('/');
}

/** What a store could not do, as UNAVAILABLE/OBJECT_STORE_UNAVAILABLE. */
export const unavailable = (what: string, why: string, cause: unknown): DomainError =>
  new DomainError('UNAVAILABLE', 'OBJECT_STORE_UNAVAILABLE', `The object store could not ${what}: ${why}.`, { cause });
