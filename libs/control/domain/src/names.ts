import { DomainError } from '@serendip/shared-errors';

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const MODEL = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Throws INVALID_ARGUMENT/NAME_INVALID. */
export function checkName(what: string, name: string): void {
  if (!NAME.test(name)) throw invalidName(`'${name}' is no ${what} name: lower-case letters, digits, dashes and underscores, at most 64.`);
}

/** Throws INVALID_ARGUMENT/NAME_INVALID. */
export function checkModelName(name: string): void {
  if (!MODEL.test(name)) throw invalidName(`'${name}' is no model name: lower-case letters, digits and dashes, at most 64.`);
}

/** Throws INVALID_ARGUMENT/NAME_INVALID; a number would be a version. */
export function checkAliasName(name: string): void {
  checkName('alias', name);
  if (/^\d+$/.test(name)) throw invalidName(`'${name}' is no alias name: a number is a version.`);
}

const invalidName = (message: string): DomainError => new DomainError('INVALID_ARGUMENT', 'NAME_INVALID', message);
