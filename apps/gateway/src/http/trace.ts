import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { newTraceId, traceIdOf } from '@serendip/platform-grpc';
import type { FastifyRequest } from 'fastify';

/** What calls that are made for a request carry on. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
}

/** A request's trace id: the one that the caller began (W3C Trace Context), else a new one. */
export const requestTraceId = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string => traceIdOf(headers.traceparent) ?? newTraceId();

/** The trace of the request, in a route. */
export const Traced = createParamDecorator((_: unknown, context: ExecutionContext): Trace => ({ traceId: context.switchToHttp().getRequest<FastifyRequest>().id }));
