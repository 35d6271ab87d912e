import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addKey, createTenant, keyHash, keyText, revokeKey, type ApiKey } from './index.js';
import { aTenant } from './testing/index.js';

const key = (more: Partial<ApiKey> = {}): ApiKey => ({ id: 'k1', kind: 'publishable', hash: Uint8Array.of(1), origins: [], expiresAtMs: undefined, ...more });

describe('createTenant', () => {
  it('finds a tenant that is there, with the signing key it has', () => {
    const tenant = aTenant();
    const again = createTenant('shop', new Uint8Array(32).fill(9))(tenant);
    expect(again.tenant).toBe(tenant);
    expect(again.result.signingKey).toEqual(new Uint8Array(32).fill(7));
  });

  it('refuses ids that are no names', () => {
    for (const id of ['', '../x', 'Shop', 'a b']) expect(() => createTenant(id, new Uint8Array(32))).toThrow(expect.objectContaining({ reason: 'NAME_INVALID' }));
  });
});

describe('keys', () => {
  it('show their kind, hold 32 random bytes, and are kept as SHA-256', () => {
    fc.assert(fc.property(fc.constantFrom('publishable' as const, 'secret' as const), fc.uint8Array({ minLength: 32, maxLength: 32 }), (kind, random) => {
      const text = keyText(kind, random);
      expect(text).toMatch(kind === 'secret' ? /^sk_[A-Za-z0-9_-]{43}$/ : /^pk_[A-Za-z0-9_-]{43}$/);
      expect([...Buffer.from(text.slice(3), 'base64url')]).toEqual([...random]);
      expect([...keyHash(text)]).toEqual([...createHash('sha256').update(text, 'utf8').digest()]);
    }));
  });

  it('leave nothing in the audit that could be used as a key', () => {
    const text = keyText('secret', new Uint8Array(32).fill(5));
    const { audit } = addKey(key({ kind: 'secret', hash: keyHash(text) }))(aTenant());
    expect(audit).toEqual({ action: 'key.create', subject: 'k1', detail: { kind: 'secret', origins: [] } });
  });

  it('may be used from origins, which are no addresses of pages', () => {
    for (const origin of ['https://shop.example', 'http://localhost:3000']) expect(() => addKey(key({ origins: [origin] }))).not.toThrow();
    for (const origin of ['', '*', 'shop.example', 'https://shop.example/', 'https://shop.example/x', 'https://Shop.example', 'javascript:alert(1)', 'null']) {
      expect(() => addKey(key({ origins: [origin] }))).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'ORIGIN_INVALID' }));
    }
    expect(() => addKey(key({ kind: 'secret', origins: ['https://shop.example'] }))).toThrow(expect.objectContaining({ reason: 'ORIGIN_INVALID' }));
  });

  it('are gone once revoked', () => {
    const { tenant } = addKey(key())(aTenant());
    expect(revokeKey('k1')(tenant).tenant.keys).toEqual([]);
    expect(() => revokeKey('k2')(tenant)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'KEY_UNKNOWN' }));
    expect(() => revokeKey('k1')(undefined)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', reason: 'TENANT_UNKNOWN' }));
  });
});
