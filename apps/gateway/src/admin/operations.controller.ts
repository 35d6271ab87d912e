import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readiness } from '../readiness.js';
import { openApiDocument } from '../openapi/document.js';

/** Health, and the document of this API. */
@Controller()
export class OperationsController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  health() {
    return { status: 'ok' };
  }

  @Get('readyz')
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const dependencies = this.readiness.report();
    // A gateway answers, degraded, while any dependency is gone: only its configuration is needed.
    const ready = this.readiness.ready;
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not ready', dependencies };
  }

  @Get('openapi.json')
  document() {
    return openApiDocument();
  }
}
