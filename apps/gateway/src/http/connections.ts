import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { newTraceId } from '@serendip/platform-grpc';
import { faultOf, problemOf, type Problem } from './problem.js';

interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The answer before this one on the same connection. */
  readonly before: ServerResponse | undefined;
}

/** The newest request of each connection. */
const newest = new WeakMap<Duplex, UnderWay>();

/** Statuses of what Node's parser refuses; anything else is not HTTP. */
const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Looks after what never becomes a request that Fastify hears of, so that it is answered with a problem too. */
export function watchConnections(server: Server): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    newest.set(request.socket, { request, response, before: newest.get(request.socket)?.response });
  });
  server.on('connect', (_, socket: Duplex) => answerAndEnd(socket, problem(404, 'There is no such route: /openapi.json lists them all.')));
  server.on('checkExpectation', (_, response: ServerResponse) => {
    const refusal = problem(417, 'Nothing can be expected here but 100-continue.');
    response.writeHead(refusal.status, { 'content-type': 'application/problem+json; charset=utf-8', connection: 'close' }).end(JSON.stringify(refusal));
  });
}

/**
 * Answers what Node's parser can make nothing of with a problem, and ends the connection. Requests before it on the same connection are
 * answered first: whoever sent them takes the answers in the order of the requests.
 */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const last = newest.get(socket);
  // It is the newest request itself that went wrong, in its body, or what came after it.
  const isItsOwn = last?.request.complete === false;
  const awaited = isItsOwn ? last?.before : last?.response;
  if (awaited !== undefined && !awaited.closed) return void awaited.once('close', () => refuseConnection(error, socket));
  // One that was refused already, before its body was read, is not told twice.
  if (isItsOwn && last?.response.headersSent === true) return void socket.end();
  answerAndEnd(socket, problem(statuses[error.code ?? ''] ?? 400, 'This is not an HTTP request that can be read.'));
}

function problem(statusCode: number, detail: string): Problem {
  const error = Object.assign(new Error(detail), { statusCode, ...(statusCode === 400 ? { code: 'NOT_HTTP' } : {}) });
  return problemOf(faultOf(error), { instance: '/', traceId: newTraceId() });
}

function answerAndEnd(socket: Duplex, refusal: Problem): void {
  const body = JSON.stringify(refusal);
  const head = [`HTTP/1.1 ${refusal.status} ${refusal.title}`, 'content-type: application/problem+json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
