import { describe, expect, it } from '@jest/globals';
import { pageFrom, pageToken } from './paging.js';

describe('a page token', () => {
  it('leads back to its place', () => {
    expect([0, 1, 5, 64_000_001].map((place) => pageFrom(pageToken(place)))).toEqual([0, 1, 5, 64_000_001]);
    expect(pageFrom('')).toBe(0);
  });

  it.each(['0', 'x', `${pageToken(5)}=`, ...[' 5', '5.0', '0x5', '5e0', '05', '-1', '1e99'].map((text) => Buffer.from(text).toString('base64url'))])('is refused when it was not made here: %j', (token) => {
    expect(() => pageFrom(token)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'PAGE_TOKEN_INVALID' }));
  });
});
