import { isUtf8 } from 'node:buffer';
import { DomainError } from '@serendip/shared-errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Reads JSON bodies, which are UTF-8 (RFC 8259): bytes that are not would otherwise become U+FFFD, and two ids one. sendBeacon sends text/plain: what is
 * in it is JSON all the same. `admit` may throw before a body is parsed, which is most of the work of a request that can't be done.
 */
export function parseJsonBodies(fastify: FastifyInstance, { bodyLimit, admit }: { readonly bodyLimit: number; readonly admit: (request: FastifyRequest, bytes: number) => void }): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser(['application/json', 'text/plain'], { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    try {
      admit(request, body.length);
    } catch (error) {
      return done(error as Error, undefined);
    }
    if (isUtf8(body as Buffer)) void parse(request, body.toString(), done);
    else done(new DomainError('INVALID_ARGUMENT', 'BODY_INVALID', 'The body is not UTF-8.'), undefined);
  });
}
