import { DomainError } from '@serendip/shared-errors';

/** Where a page begins; 0 for the first. Throws INVALID_ARGUMENT/PAGE_TOKEN_INVALID. */
export function pageFrom(token: string): number {
  if (token === '') return 0;
  const place = Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isSafeInteger(place) || place < 0 || pageToken(place) !== token) throw new DomainError('INVALID_ARGUMENT', 'PAGE_TOKEN_INVALID', 'This page token was not made here: begin without one.');
  return place;
}

export const pageToken = (place: number): string => Buffer.from(String(place)).toString('base64url');
