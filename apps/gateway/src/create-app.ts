import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import multipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError } from '@serendip/shared-errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getAbsoluteFSPath } from 'swagger-ui-dist';
import { AppModule, type GatewayParts } from './app.module.js';
import { EventAdmission } from './events/event-admission.js';
import { parseJsonBodies } from './http/body-parser.js';
import { refuseConnection, watchConnections } from './http/connections.js';
import { ProblemFilter, answerProblem } from './http/problem.filter.js';
import { requestTraceId } from './http/trace.js';
import { docsPage } from './openapi/docs-page.js';

const BODY_LIMIT = 1024 * 1024;
const EVENTS_LIMIT = 512 * 1024;
const UPLOADS = '/v1/models/:name/versions';
const assets = join(dirname(fileURLToPath(import.meta.url)), '../assets');

/** The HTTP application, not yet listening. */
export async function createApp(parts: GatewayParts): Promise<NestFastifyApplication> {
  const { logger } = parts;
  const adapter = new FastifyAdapter({
    // A request without a host is refused where it is answered with a problem.
    http: { requireHostHeader: false },
    bodyLimit: BODY_LIMIT, genReqId: requestTraceId, logger: false, routerOptions: { maxParamLength: 1024 }, clientErrorHandler: refuseConnection,
    frameworkErrors: (error: unknown, request: unknown, reply: unknown) => answerProblem(error, { request: request as FastifyRequest, reply: reply as FastifyReply, logger }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(parts), adapter, { logger: false, abortOnError: false, bodyParser: false });
  app.useGlobalFilters(new ProblemFilter(logger));

  const fastify: FastifyInstance = adapter.getInstance();
  watchConnections(fastify.server);
  const admission = app.get(EventAdmission);
  /** Of those who send events, whose body is yet to come. */
  const replies = new WeakMap<FastifyRequest, FastifyReply>();
  parseJsonBodies(fastify, { bodyLimit: BODY_LIMIT, admit: (request, bytes) => {
    const reply = replies.get(request);
    if (reply !== undefined) admission.enterUntilClosed(reply.raw, bytes);
  } });
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/v1/events' || route.url.endsWith('/batches/:n')) route.bodyLimit = EVENTS_LIMIT;
    if (route.url === '/v1/events' && route.method === 'POST') {
      route.preParsing = (request, reply, payload, done) => {
        replies.set(request, reply);
        done(null, payload);
      };
    }
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin, host } = request.headers;
    if (host === undefined && request.raw.httpVersion === '1.1') return done(new DomainError('INVALID_ARGUMENT', 'REQUEST_INVALID', 'A request needs the header `host`.'));
    if (origin !== undefined) {
      void reply.header('access-control-allow-origin', origin).header('vary', 'origin').header('access-control-expose-headers', 'ratelimit, retry-after');
      if (request.method === 'OPTIONS') {
        void reply.header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
          .header('access-control-allow-headers', 'authorization, content-type, x-api-key, idempotency-key, traceparent').header('access-control-max-age', '86400');
        void reply.status(204).send();
        return;
      }
    }
    if (/^multipart\//i.test(request.headers['content-type'] ?? '') && request.routeOptions.url !== UPLOADS) {
      return done(new DomainError('INVALID_ARGUMENT', 'CONTENT_TYPE_UNSUPPORTED', 'Only models are sent as multipart/form-data.', { metadata: { httpStatus: '415' } }));
    }
    done();
  });
  await app.register(multipart, { throwFileSizeLimit: true });
  await app.register(fastifyStatic, { root: join(assets, 'shop'), prefix: '/shop/', decorateReply: false });
  await app.register(fastifyStatic, { root: getAbsoluteFSPath(), prefix: '/docs/assets/', decorateReply: false, index: false });
  fastify.get('/docs', (_, reply) => { void reply.type('text/html').send(docsPage); });
  return app;
}
