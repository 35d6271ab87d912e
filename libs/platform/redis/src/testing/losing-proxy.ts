import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on this machine, and can lose answers; for tests. */
export class LosingProxy {
  private readonly sockets = new Set<Socket>();
  private toLose: string | undefined;
  /** How many answers it has lost. */
  lost = 0;

  private constructor(private readonly server: Server) {}

  static async start(port: number): Promise<LosingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new LosingProxy(server);
    server.on('connection', (client) => proxy.join(client, connect(port, '127.0.0.1')));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Breaks the connection of the next command that holds this text, once the server has answered it and before the client hears of it. */
  loseAnswerTo(text: string): void {
    this.toLose = text;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket, server: Socket): void {
    let losing = false;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (data) => {
      if (this.toLose !== undefined && data.includes(this.toLose)) {
        losing = true;
        this.toLose = undefined;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (losing) {
        this.lost++;
        end();
      } else client.write(data);
    });
  }
}
