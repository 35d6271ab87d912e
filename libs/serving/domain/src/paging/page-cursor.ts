import { hash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@serendip/shared-errors';
import type { Visitor } from '../recommendation.js';
import { signatureOf } from '../signature.js';
import { decodeOrdinals, encodeOrdinals } from './ordinal-set.js';

/** What makes a list the same list on its next page, besides the tenant, whose key signs. How a page is shown may change: limit, fields, explain. */
export interface ListIdentity {
  readonly placement: string;
  readonly visitor: Visitor;
  /** Everything of the request that decides what may be in the list, as JSON can say it. */
  readonly shape: unknown;
}

/** What a cursor remembers of the pages before. */
export interface PagePosition {
  /** Ordinals of the items shown, ascending. */
  readonly shown: readonly number[];
  /** Epoch milliseconds, kept to the second. */
  readonly expiresAtMs: number;
}

/**
 * A cursor, before base64url:
 *
 *   u8 version · u32 expiry (epoch seconds) · 8 bytes digest of the list's identity · the ordinals shown · 16 bytes HMAC-SHA256 of all before it
 */
const VERSION = 1;
const IDENTITY_BYTES = 8;
const IDENTITY_AT = 5;
const ORDINALS_AT = IDENTITY_AT + IDENTITY_BYTES;
const SIGNATURE_BYTES = 16;
/** Nothing else that a tenant's key signs begins like this. */
const PURPOSE = 'serendip list cursor\0';

function digestOf({ placement, visitor, shape }: ListIdentity): Buffer {
  return hash('sha256', JSON.stringify([placement, visitor, shape]), 'buffer').subarray(0, IDENTITY_BYTES);
}

const refused = (reason: string, message: string): DomainError => new DomainError('INVALID_ARGUMENT', reason, `${message} Begin again without a cursor.`);

/** A cursor for the page after the items shown. */
export function signCursor({ shown, expiresAtMs }: PagePosition, list: ListIdentity, key: Uint8Array): string {
  const ordinals = encodeOrdinals(shown);
  const body = Buffer.alloc(ORDINALS_AT + ordinals.length);
  body.writeUInt8(VERSION, 0);
  body.writeUInt32LE(Math.floor(expiresAtMs / 1000), 1);
  body.set(digestOf(list), IDENTITY_AT);
  body.set(ordinals, ORDINALS_AT);
  return Buffer.concat([body, signatureOf(key, PURPOSE, body)]).toString('base64url');
}

/**
 * What a cursor remembers. Throws INVALID_ARGUMENT: CURSOR_INVALID for what this key has not signed, CURSOR_FOREIGN for another list's,
 * CURSOR_EXPIRED after its time.
 */
export function openCursor(cursor: string, { list, key, nowMs }: { readonly list: ListIdentity; readonly key: Uint8Array; readonly nowMs: number }): PagePosition {
  const bytes = Buffer.from(cursor, 'base64url');
  const signed = bytes.subarray(0, -SIGNATURE_BYTES);
  const genuine = bytes.length > ORDINALS_AT + SIGNATURE_BYTES && timingSafeEqual(bytes.subarray(-SIGNATURE_BYTES), signatureOf(key, PURPOSE, signed));
  // Base64 has several spellings of the same bytes: one of them is ours.
  if (!genuine || bytes.toString('base64url') !== cursor || signed[0] !== VERSION) throw refused('CURSOR_INVALID', 'This cursor was not made here.');
  if (!signed.subarray(IDENTITY_AT, ORDINALS_AT).equals(digestOf(list))) {
    throw refused('CURSOR_FOREIGN', 'This cursor belongs to another list: visitor, placement, items, exclude, expressions and models must stay the same from page to page.');
  }
  const expiresAtMs = signed.readUInt32LE(1) * 1000;
  if (expiresAtMs <= nowMs) throw refused('CURSOR_EXPIRED', 'This cursor has expired.');
  return { shown: decodeOrdinals(signed.subarray(ORDINALS_AT)), expiresAtMs };
}
