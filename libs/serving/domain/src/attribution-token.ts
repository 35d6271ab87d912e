import { timingSafeEqual } from 'node:crypto';
import { hash64 } from '@serendip/shared-identity';
import { signatureOf } from './signature.js';

/** What a slate's token says about it; every event that comes back with it is joined to this slate. */
export interface Attribution {
  readonly recommendationId: string;
  readonly placement: string;
  readonly retriever?: string;
  readonly ranker?: string;
  readonly arms: readonly { readonly experiment: string; readonly arm: string }[];
  /** Epoch milliseconds. */
  readonly servedAtMs: number;
  /** Marks of the items that were drawn to be explored; absent for none. */
  readonly explored?: readonly string[];
}

/** A short name of an item, good enough to tell the items of one list apart. */
export const itemMark = (itemId: string): string => hash64(itemId).lo.toString(36);

/** A token: base64url of the attribution as JSON, a dot, and its HMAC-SHA256 cut to 128 bits. */
export function signAttribution(attribution: Attribution, key: Uint8Array): string {
  const body = Buffer.from(JSON.stringify(attribution)).toString('base64url');
  return `${body}.${signatureOf(key, body).toString('base64url')}`;
}

/** The attribution of a token that was signed with this key; undefined for any other string. */
export function verifyAttribution(token: string, key: Uint8Array): Attribution | undefined {
  const [body, signature, ...rest] = token.split('.');
  if (body === undefined || signature === undefined || rest.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const ours = signatureOf(key, body);
  if (given.length !== ours.length || !timingSafeEqual(given, ours)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Attribution;
}
