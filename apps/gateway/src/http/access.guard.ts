import { Injectable, SetMetadata, createParamDecorator, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '@serendip/shared-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator, type Access, type Principal } from './authenticator.js';
import { RateLimiter } from './rate-limiter.js';

const ACCESS = 'serendip:access';

export type AuthenticatedRequest = FastifyRequest & { principal?: Principal };

/** What key a route needs; without it a route is open to everybody. */
export const Needs = (access: Access) => SetMetadata(ACCESS, access);

/** The caller, in a route with `@Needs`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  context.switchToHttp().getRequest<AuthenticatedRequest>().principal!);

function keyOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization?.startsWith('Bearer ')) return authorization.slice('Bearer '.length).trim();
  const header = request.headers['x-api-key'];
  if (typeof header === 'string') return header;
  // sendBeacon can set no headers: a publishable key may come in the query of an event post.
  const { key } = request.query as { key?: unknown };
  return typeof key === 'string' && key.startsWith('pk_') && request.routeOptions.url === '/v1/events' ? key : undefined;
}

/** Checks the key and its rate before anything else is done. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector, private readonly authenticator: Authenticator, private readonly limiter: RateLimiter) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const nowMs = Date.now();
    const principal = this.authenticator.authenticate(keyOf(request), { access, origin: request.headers.origin, nowMs });
    const { allowed, limit, remaining, retryAfterMs } = this.limiter.take(principal.keyId, nowMs);
    void reply.header('ratelimit', `limit=${limit}, remaining=${remaining}, reset=${Math.ceil(retryAfterMs / 1000)}`);
    if (!allowed) {
      throw new DomainError('RESOURCE_EXHAUSTED', 'RATE_LIMITED', `This key may make ${limit} requests a second.`, { metadata: { retryAfterMs: String(retryAfterMs) } });
    }
    request.principal = principal;
    return true;
  }
}
