import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes everything on to a port of this machine; the answer to what it is told to lose never comes, though the server has done it. */
export class AnswerLoser {
  private losing: string | undefined;
  private readonly sockets = new Set<Socket>();
  lost = 0;

  private constructor(private readonly server: Server) {}

  static async before(port: number): Promise<AnswerLoser> {
    const server = createServer();
    const loser = new AnswerLoser(server);
    server.on('connection', (client) => loser.pass(client, port));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return loser;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends the connection instead of passing on the answer to the next command with this text in it. */
  loseAnswerTo(text: string): void {
    this.losing = text;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private pass(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    let isDoomed = false;
    client.on('data', (data) => {
      if (this.losing !== undefined && data.includes(this.losing)) {
        this.losing = undefined;
        isDoomed = true;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (!isDoomed) return void client.write(data);
      this.lost++;
      client.destroy();
      server.destroy();
    });
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => { client.destroy(); server.destroy(); });
    }
  }
}
