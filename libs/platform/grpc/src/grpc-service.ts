import 'reflect-metadata';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { DescService } from '@bufbuild/protobuf';
import type { DynamicModule, InjectionToken, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from '@serendip/platform-logging';
import { WireErrorFilter } from './error-filter.js';
import { GrpcTransport } from './grpc-transport.js';
import { NestLogger } from './nest-logger.js';

export interface GrpcServiceOptions {
  readonly module: Type | DynamicModule;
  readonly services: readonly DescService[];
  readonly host: string;
  /** Zero for any free port. */
  readonly port: number;
  readonly logger: Logger;
  /** Whether it says SERVING from the start; default true. A service that must warm up starts with false and calls `setReady`. */
  readonly ready?: boolean;
  /** Most time calls in flight get to end on close, milliseconds; default 5000. */
  readonly drainMs?: number;
  /** Time between NOT_SERVING and the end of new calls on close, milliseconds; default 100. */
  readonly notReadyMs?: number;
  /** How long a connection takes new calls, milliseconds; default 5 minutes. */
  readonly maxConnectionAgeMs?: number;
}

/** A running gRPC server with its Nest application. */
export interface GrpcServer {
  readonly port: number;
  /** Finds a provider in any of the application's modules. */
  get<T>(token: InjectionToken<T>): T;
  /** Serves a connection that came in by another port. */
  accept(connection: Duplex): void;
  /** What grpc.health.v1 answers for the server and each of its services. */
  setReady(ready: boolean): void;
  /** NOT_SERVING, a moment for callers to notice, drain with a hard stop, then Nest's shutdown hooks. Repeated calls wait for the first. */
  close(): Promise<void>;
}

/** Starts a Nest application that serves the rpcs of `services` with the controllers' `@Rpc` methods; resolves once it listens. */
export async function startGrpcService(options: GrpcServiceOptions): Promise<GrpcServer> {
  const { module, services, host, port, logger, drainMs = 5_000, notReadyMs = 100, maxConnectionAgeMs } = options;
  const transport = new GrpcTransport({ services, host, port, logger, drainMs, ...(maxConnectionAgeMs === undefined ? {} : { maxConnectionAgeMs }) });
  const app = await NestFactory.createMicroservice(module, { strategy: transport, logger: new NestLogger(logger), abortOnError: false });
  app.useGlobalFilters(new WireErrorFilter(logger));
  try {
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
  transport.health.setReady(options.ready ?? true);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    transport.health.setReady(false);
    await wait(notReadyMs);
    await app.close();
  };
  return {
    port: transport.port,
    accept: (connection) => transport.accept(connection),
    get: (token) => app.get(token, { strict: false }),
    setReady: (ready) => transport.health.setReady(ready && closing === undefined),
    close: () => (closing ??= close()),
  };
}
