/** HTTP/1.1 as bytes: writes exactly what it is given and reads what comes back, so that a request may be anything. */
import { connect, type Socket } from 'node:net';
import { readReply, type Reply } from './replies.ts';

/** What is written to a connection, and what is owed for it. */
export interface Bytes {
  readonly bytes: Buffer;
  /** Answers that are owed; 0 for what its sender leaves unfinished. */
  readonly owed: number;
  /** Its answers have no body, whatever their heads say (HEAD). */
  readonly bodiless?: boolean;
  /** On a connection of its own. */
  readonly alone?: boolean;
}

export interface TimedReply extends Reply {
  /** From when the bytes were written. */
  readonly tookMs: number;
}

export interface Exchange {
  readonly replies: readonly TimedReply[];
  /** Why there are fewer answers than are owed. */
  readonly failure?: string;
}

export const SILENCE = 'silence';
const PATIENCE_MS = 10_000;

/** Connections to one server; what is kept alive is used again. */
export class Wire {
  private readonly idle: Socket[] = [];
  private readonly host: string;
  private readonly port: number;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
  }

  /** Never rejects. */
  async send(request: Bytes): Promise<Exchange> {
    const kept = request.alone === true ? undefined : this.idle.pop();
    if (kept === undefined) return this.exchange(this.connect(), request);
    const exchange = await this.exchange(kept, request);
    // The server may have ended the connection just when it was used again: that says nothing about the request.
    const wasStale = exchange.failure !== undefined && exchange.failure !== SILENCE && exchange.replies.length === 0;
    return wasStale ? this.exchange(this.connect(), request) : exchange;
  }

  close(): void {
    for (const socket of this.idle.splice(0)) socket.destroy();
  }

  private connect(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true, allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.on('end', () => { if (!socket.writableEnded) socket.end(); });
    socket.on('close', () => {
      const at = this.idle.indexOf(socket);
      if (at >= 0) this.idle.splice(at, 1);
    });
    return socket;
  }

  private exchange(socket: Socket, { bytes, owed, bodiless = false, alone = false }: Bytes): Promise<Exchange> {
    const startedMs = performance.now();
    const replies: TimedReply[] = [];
    let received: Buffer = Buffer.alloc(0);
    return new Promise((resolve) => {
      const finish = (failure?: string): void => {
        clearTimeout(timer);
        for (const [event, listener] of listeners) socket.off(event, listener);
        const isReusable = failure === undefined && !alone && replies.at(-1)?.keepAlive === true && received.length === 0 && !socket.destroyed;
        if (isReusable) this.idle.push(socket);
        else socket.destroy();
        resolve({ replies, ...(failure === undefined ? {} : { failure }) });
      };
      const take = (ended: boolean): void => {
        for (let reply = readReply(received, { bodiless, ended }); reply !== undefined; reply = readReply(received, { bodiless, ended })) {
          received = received.subarray(reply.bytes);
          if (reply.status >= 200) replies.push({ ...reply, tookMs: performance.now() - startedMs });
        }
      };
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        try {
          take(false);
        } catch (error) {
          return finish((error as Error).message);
        }
        if (owed > 0 && replies.length >= owed) finish();
      };
      const onEnd = (how: string) => (error?: NodeJS.ErrnoException | boolean): void => {
        take(true);
        finish(replies.length >= owed ? undefined : typeof error === 'object' ? error.code ?? error.message : how);
      };
      const listeners = [['data', onData], ['end', onEnd('ended')], ['close', onEnd('closed')], ['error', onEnd('failed')]] as const;
      for (const [event, listener] of listeners) socket.on(event, listener as () => void);
      const timer = setTimeout(() => finish(SILENCE), PATIENCE_MS);
      if (owed === 0) socket.end(bytes);
      else socket.write(bytes);
    });
  }
}
