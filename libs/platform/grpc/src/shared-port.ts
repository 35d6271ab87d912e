import { createServer, type Server, type Socket } from 'node:net';
import { DomainError } from '@serendip/shared-errors';
import { greeting } from './frame-connection.js';

/** After so much silence the operating system asks whether the other side is still there, and closes the connection when it is not. */
const KEEP_ALIVE_MS = 30_000;

export interface SharedPortHandlers {
  /** A connection that begins as an exchange does; nothing of it has been read. */
  exchange(socket: Socket): void;
  /** Any other connection; nothing of it has been read. */
  grpc(socket: Socket): void;
}

/** One TCP port for gRPC and exchanges: a connection's first byte says which it is. */
export class SharedPort {
  private readonly server: Server;
  /** Those that have said nothing yet. */
  private readonly silent = new Set<Socket>();

  constructor(private readonly handlers: SharedPortHandlers) {
    this.server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => this.welcome(socket));
  }

  /**
   * Listens; answers the port.
   * @param port zero for any free port.
   * @throws PORT_NOT_BOUND (UNAVAILABLE).
   */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      // Later ones are of a connection that could not be accepted: that caller's alone.
      this.server.on('error', (error) => reject(new DomainError('UNAVAILABLE', 'PORT_NOT_BOUND', `Can't listen on ${host.includes(':') ? `[${host}]` : host}:${port}: ${error.message}`, { cause: error })));
      this.server.listen({ host, port }, () => resolve((this.server.address() as { port: number }).port));
    });
  }

  /** Takes no connections any more, and closes those that have said nothing; resolves when the others are closed, too. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const socket of this.silent) socket.destroy();
    });
  }

  private welcome(socket: Socket): void {
    const forget = (): void => void this.silent.delete(socket);
    // Whoever takes it hears of its end by itself.
    socket.on('error', () => undefined);
    socket.once('close', forget);
    this.silent.add(socket);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      forget();
      if (first === null) return void socket.destroy();
      socket.off('close', forget);
      socket.unshift(first);
      if (first[0] === greeting[0]) this.handlers.exchange(socket);
      else this.handlers.grpc(socket);
    });
  }
}
