import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

export type Access = 'publishable' | 'secret';

/** Who a key belongs to and what it may do. */
export interface Principal {
  readonly tenant: string;
  readonly access: Access;
  readonly keyId: string;
  readonly origins: readonly string[];
  readonly expiresAtMs: number;
}

/** What only a secret key may ask of a route that others may use: other people's reasons, other models, answers that are not logged. */
export function requireSecret({ access }: Principal, what: string): void {
  if (access !== 'secret') throw new DomainError('PERMISSION_DENIED', 'SECRET_KEY_REQUIRED', `${what} needs a secret key (sk_…).`);
}

const hashOf = (key: string | Uint8Array): string => createHash('sha256').update(key).digest('base64');

/** Finds the principal of a key in the newest config snapshot. */
@Injectable()
export class Authenticator {
  private principals = new Map<string, Principal>();
  private byKey = new Map<string, Principal>();

  constructor(config: ConfigWatcher) {
    this.index(config.current);
    config.onChange((snapshot) => this.index(snapshot));
  }

  /** Throws UNAUTHENTICATED for an unknown or expired key, PERMISSION_DENIED for one that may not do this from there. */
  authenticate(key: string | undefined, { access, origin, nowMs }: { readonly access: Access; readonly origin: string | undefined; readonly nowMs: number }): Principal {
    if (key === undefined || key === '') {
      throw new DomainError('UNAUTHENTICATED', 'KEY_MISSING', 'No API key was sent: use the header `Authorization: Bearer <key>` or `x-api-key`.');
    }
    const principal = this.byKey.get(key) ?? this.find(key);
    if (principal === undefined || principal.expiresAtMs <= nowMs) {
      throw new DomainError('UNAUTHENTICATED', 'KEY_INVALID', 'This API key is unknown, revoked or expired: ask for another one.');
    }
    if (access === 'secret' && principal.access !== 'secret') {
      throw new DomainError('PERMISSION_DENIED', 'SECRET_KEY_REQUIRED', 'This needs a secret key (sk_…), called from a server, never from a browser.');
    }
    if (principal.access === 'publishable' && origin !== undefined && principal.origins.length > 0 && !principal.origins.includes(origin)) {
      throw new DomainError('PERMISSION_DENIED', 'ORIGIN_NOT_ALLOWED', `This key may not be used from ${origin}: add the origin to the key.`);
    }
    return principal;
  }

  private find(key: string): Principal | undefined {
    const principal = this.principals.get(hashOf(key));
    if (principal !== undefined) this.byKey.set(key, principal);
    return principal;
  }

  private index(snapshot: control.ConfigSnapshot): void {
    this.byKey = new Map();
    this.principals = new Map(snapshot.tenants.flatMap((tenant) => tenant.keys.map((key) => [
      Buffer.from(key.hash).toString('base64'),
      {
        tenant: tenant.id, keyId: key.id, origins: key.origins, expiresAtMs: key.expiresAtMs ?? Infinity,
        access: key.kind === control.KeyKind.SECRET ? 'secret' : 'publishable',
      } satisfies Principal,
    ])));
  }
}
