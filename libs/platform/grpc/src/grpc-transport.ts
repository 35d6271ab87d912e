import type { DescService } from '@bufbuild/protobuf';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Logger } from '@serendip/platform-logging';
import { serverOptions } from './channel-options.js';
import { ServerExchange } from './exchange-server.js';
import { Health } from './health.js';
import { rpcsOf, type ServerRpc } from './server-rpc.js';
import { serverStreams, widenWindow } from './server-windows.js';
import { SharedPort } from './shared-port.js';
import { streamingCall, type OpenStreams } from './streaming-call.js';
import { unaryCall } from './unary-call.js';

/** Time for connections to go once they are cut, milliseconds. */
const closingMs = 250;

type ConnectionInjector = ReturnType<GrpcServer['createConnectionInjector']>;

const asIs = (bytes: Buffer): Buffer => bytes;

export interface GrpcTransportOptions {
  readonly services: readonly DescService[];
  readonly host: string;
  /** Zero for any free port. */
  readonly port: number;
  readonly logger: Logger;
  /** Most time calls get to end when the server stops, milliseconds. */
  readonly drainMs: number;
  /** For tests: how long a connection takes new calls. */
  readonly maxConnectionAgeMs?: number;
}

/**
 * Nest's hook for transports, filled with grpc-js: Nest makes the controllers and wraps their methods, and each rpc calls the wrapped
 * method itself, with the bytes decoded and without an Observable in between.
 */
export class GrpcTransport extends Server implements CustomTransportStrategy {
  readonly health: Health;
  port = 0;
  private readonly server: GrpcServer;
  private readonly injector: ConnectionInjector;
  private readonly sharedPort: SharedPort;
  private readonly streams: OpenStreams = new Set();
  private readonly exchanges = new Map<Socket, ServerExchange>();
  private rpcs: ReadonlyMap<string, ServerRpc> = new Map();
  private closed: Promise<void> | undefined;

  constructor(private readonly options: GrpcTransportOptions) {
    super();
    const age = options.maxConnectionAgeMs;
    this.server = new GrpcServer({ ...serverOptions, ...(age === undefined ? {} : { 'grpc.max_connection_age_ms': age }) });
    this.injector = this.server.createConnectionInjector(ServerCredentials.createInsecure());
    this.sharedPort = new SharedPort({ exchange: (socket) => this.exchange(socket), grpc: (socket) => this.accept(socket) });
    this.health = new Health(options.services.map((service) => service.typeName));
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  /** Stops taking calls, ends the streams, lets calls finish for `drainMs`, then cuts what is left. */
  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  /** Serves a connection of gRPC, of whatever port. */
  accept(connection: Duplex): void {
    this.injector.injectConnection(connection);
  }

  on(): never {
    throw new Error('The gRPC transport has no events.');
  }

  unwrap<T>(): T {
    return this.server as T;
  }

  private async start(): Promise<void> {
    const { services, logger } = this.options;
    subscribe(serverStreams, widenWindow);
    this.health.addTo(this.server);
    this.rpcs = rpcsOf(services, this.getHandlers(), logger);
    for (const [path, rpc] of this.rpcs) {
      if (rpc.method.methodKind === 'unary') this.server.register(path, unaryCall(rpc), asIs, asIs, 'unary');
      else if (rpc.method.methodKind === 'server_streaming') this.server.register(path, streamingCall(rpc, this.streams), asIs, asIs, 'serverStream');
      else throw new Error(`${path}: client streams are not supported.`);
    }
    this.port = await this.sharedPort.listen(this.options.host, this.options.port);
  }

  private exchange(socket: Socket): void {
    this.exchanges.set(socket, new ServerExchange(socket, this.rpcs));
    socket.once('close', () => this.exchanges.delete(socket));
  }

  private async drain(): Promise<void> {
    const { drainMs, logger } = this.options;
    this.health.close();
    for (const stream of this.streams) stream.stop();
    for (const exchange of this.exchanges.values()) exchange.stop();
    // `forceShutdown` finds no connection when channelz is off; `drain` cuts those that are left.
    this.injector.drain(drainMs);
    const timers: NodeJS.Timeout[] = [];
    const cut = (): void => {
      logger.warn({ drainMs }, 'Calls were still open when the time to drain was over.');
      for (const socket of this.exchanges.keys()) socket.destroy();
    };
    await new Promise<void>((resolve) => {
      void Promise.all([new Promise<void>((done) => this.server.tryShutdown(() => done())), this.sharedPort.close()]).then(() => resolve());
      timers.push(setTimeout(cut, drainMs));
      timers.push(setTimeout(resolve, drainMs + closingMs));
    });
    for (const timer of timers) clearTimeout(timer);
    unsubscribe(serverStreams, widenWindow);
  }
}
