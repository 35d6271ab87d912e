import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@serendip/platform-logging';
import { DomainError } from '@serendip/shared-errors';
import type { Registry } from 'prom-client';

/** One thing a process needs, and whether it is there. */
export interface DependencyStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly detail?: string;
}

export interface AdminServerOptions {
  readonly host: string;
  /** Zero for any free port. */
  readonly port: number;
  readonly registry: Registry;
  /** What the process depends on; ready when all of it is. A failure counts as not ready. */
  readonly readiness: () => Promise<readonly DependencyStatus[]> | readonly DependencyStatus[];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Answers a request that is none of the server's own, or says false. */
  readonly handle?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Takes connections that speak HTTP/2 without TLS, as gRPC does. */
  readonly acceptHttp2?: (socket: Socket) => void;
}

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** How long the process may take to say whether it is ready, milliseconds. */
const READINESS_TIMEOUT_MS = 5_000;

async function dependenciesOf(readiness: AdminServerOptions['readiness']): Promise<readonly DependencyStatus[]> {
  const answered = new AbortController();
  const late = sleep(READINESS_TIMEOUT_MS, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`no answer within ${READINESS_TIMEOUT_MS} ms`);
  });
  try {
    return await Promise.race([Promise.resolve().then(readiness), late]);
  } catch (error) {
    return [{ name: 'readiness', ready: false, detail: error instanceof Error ? error.message : String(error) }];
  } finally {
    answered.abort();
  }
}

async function answerReadiness(response: ServerResponse, readiness: AdminServerOptions['readiness']): Promise<void> {
  const dependencies = await dependenciesOf(readiness);
  const ready = dependencies.every((dependency) => dependency.ready);
  answer(response, ready ? 200 : 503, 'application/json', JSON.stringify({ status: ready ? 'ready' : 'not ready', dependencies }));
}

/** How every HTTP/2 connection begins. */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0');

/** Serves /metrics (Prometheus text), /healthz (200 while the process lives) and /readyz (200 or 503, JSON for each dependency). Throws UNAVAILABLE/PORT_NOT_BOUND. */
export async function startAdminServer({ host, port, registry, readiness, logger, handle, acceptHttp2 }: AdminServerOptions): Promise<AdminServer> {
  const http = createHttpServer((request, response) => {
    const path = request.url?.split('?')[0];
    const fail = (error: unknown): void => {
      logger.warn({ err: error, path }, 'An admin request failed.');
      if (!response.headersSent) answer(response, 500, 'text/plain', 'failed');
    };
    if (path === '/healthz') answer(response, 200, 'application/json', '{"status":"ok"}');
    else if (path === '/readyz') answerReadiness(response, readiness).catch(fail);
    else if (path === '/metrics') registry.metrics().then((text) => answer(response, 200, registry.contentType, text)).catch(fail);
    else if (handle?.(request, response) !== true) answer(response, 404, 'text/plain', 'There are /metrics, /healthz and /readyz here.');
  });
  const server = acceptHttp2 === undefined ? http : createServer({ noDelay: true }, (socket) => hand(socket, { http, acceptHttp2 }));
  // A server that does not listen by itself keeps none of its other times, and knows none of its connections.
  if (server !== http) http.setTimeout(http.headersTimeout);
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new DomainError('UNAVAILABLE', 'PORT_NOT_BOUND', `Can't listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  logger.info({ port: bound }, 'The admin port listens.');
  return {
    port: bound,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    }),
  };
}

/** Looks at a connection's first bytes, puts them back, and hands it to whom it speaks to. */
function hand(socket: Socket, { http, acceptHttp2 }: { readonly http: ReturnType<typeof createHttpServer>; readonly acceptHttp2: (socket: Socket) => void }): void {
  const giveUp = (): void => void socket.destroy();
  socket.once('error', giveUp);
  socket.setTimeout(http.headersTimeout, giveUp);
  socket.once('data', (first: Buffer) => {
    socket.setTimeout(0, giveUp);
    socket.pause();
    socket.unshift(first);
    if (first.subarray(0, HTTP2_PREFACE.length).equals(HTTP2_PREFACE)) acceptHttp2(socket);
    else {
      http.emit('connection', socket);
      socket.resume();
    }
  });
}
