import type { Socket } from 'node:net';
import { faultOf, newTraceId, problemOf } from './problem.js';

/** Statuses of what Node's parser refuses; anything else is not HTTP. */
const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what never became a request with a problem too, and ends the connection. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const statusCode = statuses[error.code ?? ''] ?? 400;
  const problem = problemOf(faultOf(Object.assign(new Error('This is not an HTTP request that can be read.'), { statusCode, ...(statusCode === 400 ? { code: 'NOT_HTTP' } : {}) })), { instance: '/', traceId: newTraceId() });
  const body = JSON.stringify(problem);
  const head = [`HTTP/1.1 ${problem.status} ${problem.title}`, 'content-type: application/problem+json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
