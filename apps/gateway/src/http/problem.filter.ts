import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { faultOf, pathOf, problemOf } from './problem.js';

/** Answers an error as a problem; used by Nest's filter and by Fastify for what fails before a controller. */
export function answerProblem(error: unknown, { request, reply, logger }: { request: FastifyRequest; reply: FastifyReply; logger: Logger }): void {
  const fault = faultOf(error);
  const traceId = request.id;
  if (fault.unexpected) logger.error({ err: error, traceId, route: request.routeOptions?.url }, 'request failed');
  if (reply.sent) return;
  if (fault.retryAfterMs !== undefined) void reply.header('retry-after', Math.max(1, Math.ceil(fault.retryAfterMs / 1000)));
  void reply.status(fault.status).header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(fault, { instance: pathOf(request.url), traceId })));
}

/** The one place where errors become HTTP answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>(), logger: this.logger });
  }
}
