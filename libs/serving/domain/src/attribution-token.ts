import { timingSafeEqual } from 'node:crypto';
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
}

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
