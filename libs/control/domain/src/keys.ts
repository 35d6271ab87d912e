import { createHash } from 'node:crypto';
import { DomainError } from '@serendip/shared-errors';
import type { ApiKey, KeyKind } from './configuration.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

const PREFIXES: Readonly<Record<KeyKind, string>> = { publishable: 'pk_', secret: 'sk_' };
const MOST_ORIGINS = 100;

/** A key as its owner has it: its kind's prefix and 32 random bytes as base64url. */
export const keyText = (kind: KeyKind, random: Uint8Array): string => `${PREFIXES[kind]}${Buffer.from(random).toString('base64url')}`;

/** What is kept of a key: SHA-256 of its text. Keys are found by it, so that no secret is ever compared. */
export const keyHash = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Adds a key. Throws INVALID_ARGUMENT/ORIGIN_INVALID, NOT_FOUND/TENANT_UNKNOWN. */
export function addKey(key: ApiKey): Edit<ApiKey> {
  checkOrigins(key);
  const { id, kind, origins } = key;
  return ofTenant((tenant) => ({
    tenant: { ...tenant, keys: [...tenant.keys, key] }, audit: { action: 'key.create', subject: id, detail: { kind, origins } }, result: key,
  }));
}

/** Takes a key away, for good. Throws NOT_FOUND/KEY_UNKNOWN or TENANT_UNKNOWN. */
export function revokeKey(id: string): Edit<void> {
  return ofTenant((tenant) => {
    const keys = tenant.keys.filter((key) => key.id !== id);
    if (keys.length === tenant.keys.length) throw new DomainError('NOT_FOUND', 'KEY_UNKNOWN', `There is no key '${id}'.`);
    return { tenant: { ...tenant, keys }, audit: { action: 'key.revoke', subject: id, detail: {} }, result: undefined };
  });
}

function checkOrigins({ kind, origins }: ApiKey): void {
  const refuse = (message: string): never => { throw new DomainError('INVALID_ARGUMENT', 'ORIGIN_INVALID', message); };
  if (kind === 'secret' && origins.length > 0) refuse('A secret key has no origins: it is never used from a browser.');
  if (origins.length > MOST_ORIGINS) refuse(`A key has at most ${MOST_ORIGINS} origins.`);
  for (const origin of origins) {
    if (!/^https?:\/\//.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) refuse(`'${origin.slice(0, 200)}' is no origin: for example https://shop.example, with no path.`);
  }
}
