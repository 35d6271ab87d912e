/** Stands between the show and the gateway and makes some answers wrong, so that it is seen whether the judge finds them. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a planted fault does to an answer of 400, byte for byte as long as before. */
const SPOILERS: Readonly<Record<string, (answer: string) => string>> = {
  'server-error': (answer) => answer.replace('400 Bad Request', '500 Bad Request'),
  'no-problem': (answer) => answer.replace('application/problem+json', 'text/html; charset=utf-8'),
  'no-reason': (answer) => answer.replace('"reason":', '"raisin":'),
  accepted: (answer) => answer.replace('400 Bad Request', '200 Bad Request'),
  internals: (answer) => answer.replace(/"detail":"[^"]{20}/, '"detail":"at x (a.ts:1) yyyyyy'),
  slow: (answer) => answer,
};

const SLOW_MS = 1300;
/** One of so many answers is spoilt. */
const EVERY = 50;

export const PLANTED = [...Object.keys(SPOILERS), 'crash'];

export class FaultyProxy {
  private readonly server: Server;
  private answers = 0;
  spoilt = 0;

  private constructor(target: URL, spoil: (answer: string) => string, delayMs: number) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.forward(client, { target, spoil, delayMs }));
  }

  /** A proxy that plants `fault` now and then; its URL is `url`. */
  static async start(gateway: string, fault: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(new URL(gateway), SPOILERS[fault]!, fault === 'slow' ? SLOW_MS : 0);
    await new Promise<void>((resolve) => { proxy.server.listen(0, '127.0.0.1', resolve); });
    return proxy;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}`;
  }

  close(): void {
    this.server.close();
  }

  private forward(client: Socket, { target, spoil, delayMs }: { readonly target: URL; readonly spoil: (answer: string) => string; readonly delayMs: number }): void {
    const gateway = connect({ host: target.hostname, port: Number(target.port), allowHalfOpen: true, noDelay: true });
    let before: Promise<unknown> = Promise.resolve();
    for (const [socket, other] of [[client, gateway], [gateway, client]] as const) socket.on('error', () => other.destroy());
    client.on('data', (bytes) => void gateway.write(bytes)).on('end', () => gateway.end());
    gateway.on('data', (bytes: Buffer) => { before = before.then(async () => client.write(await this.pass(bytes, spoil, delayMs))); });
    gateway.on('end', () => { void before.then(() => client.end()); });
  }

  private async pass(bytes: Buffer, spoil: (answer: string) => string, delayMs: number): Promise<Buffer> {
    const answer = bytes.toString('latin1');
    if (!answer.startsWith('HTTP/1.1 400 ') || ++this.answers % EVERY !== 0) return bytes;
    this.spoilt++;
    await sleep(delayMs);
    return Buffer.from(spoil(answer), 'latin1');
  }
}
