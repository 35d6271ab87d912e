import { Client, Metadata, credentials, status, type ClientDuplexStream } from '@grpc/grpc-js';
import { exchangeOptions } from './channel-options.js';
import { CallTable } from './call-table.js';
import { decodeResponse, emptyRequest, encodeRequest, exchangePath, type RequestFrame, type ResponseFrame } from './exchange-frames.js';
import { statusOf, type Status } from './wire-error.js';

export interface ExchangedCall {
  readonly method: string;
  readonly body: Buffer;
  /** Epoch milliseconds, Infinity for never. */
  readonly deadlineMs: number;
  readonly traceId: string;
  /** Called once: how it ended. */
  readonly done: (failure: Status | null, response?: Uint8Array) => void;
  /** Makes the call by itself; it reports to `done` too. */
  readonly alone: () => { cancel(): void };
}

interface Pending extends ExchangedCall {
  timer: NodeJS.Timeout | undefined;
  cancel: () => void;
}

/** Streams side by side, so that calls go to several replicas where there are some. */
const STREAMS = 4;
/** How long a stream takes new calls: replicas that were added get their share, as they do with fresh connections. */
const STREAM_MS = 30_000;
/** Calls in a row without an answer after which a stream is left: another one may reach another replica. */
const MOST_UNANSWERED = 3;
/** Larger requests go alone, so that small ones don't wait behind them. */
const MOST_BYTES = 256 * 1024;

/**
 * Calls of one peer over a few long-lived streams instead of a stream for each: the same deadlines, cancellation and failures at a quarter of
 * the cost. What a server refused before it reached a handler, and everything where the peer has no exchange, is called alone.
 */
export class Exchange {
  private readonly streams: (ExchangeStream | undefined)[] = Array.from({ length: STREAMS }, () => undefined);
  private turn = 0;
  private unsupported = false;

  private readonly client: Client;

  /** @param streamMs for tests: how long a stream takes new calls. */
  constructor(target: string, private readonly streamMs = STREAM_MS) {
    this.client = new Client(target, credentials.createInsecure(), exchangeOptions);
  }

  /** Answers how to cancel. */
  call(asked: ExchangedCall): { cancel(): void } {
    if (this.unsupported || asked.body.length > MOST_BYTES) return asked.alone();
    return this.stream().call(asked);
  }

  /** Ends every stream; calls in flight fail with CANCELLED. */
  close(): void {
    for (const stream of this.streams) stream?.cancel();
    this.client.close();
  }

  private stream(): ExchangeStream {
    const place = this.turn++ % STREAMS;
    const stream = this.streams[place];
    if (stream !== undefined && stream.isOpen(Date.now())) return stream;
    stream?.retire();
    return (this.streams[place] = new ExchangeStream(this.client, this.streamMs, () => { this.unsupported = true; }));
  }
}

class ExchangeStream {
  private readonly stream: ClientDuplexStream<RequestFrame, ResponseFrame>;
  private readonly pending = new CallTable<Pending>();
  private readonly untilMs: number;
  private unanswered = 0;
  private retired = false;
  private over = false;

  constructor(client: Client, streamMs: number, private readonly onUnsupported: () => void) {
    this.untilMs = Date.now() + streamMs;
    this.stream = client.makeBidiStreamRequest(exchangePath, encodeRequest, decodeResponse, new Metadata(), {});
    this.stream.on('data', (frame: ResponseFrame) => this.take(frame));
    this.stream.on('error', () => undefined);
    this.stream.once('status', (end) => this.end(end));
  }

  isOpen(nowMs: number): boolean {
    return !this.retired && !this.pending.isFull && nowMs < this.untilMs && this.unanswered < MOST_UNANSWERED;
  }

  call(asked: ExchangedCall): { cancel(): void } {
    const leftMs = asked.deadlineMs === Infinity ? 0 : Math.max(1, Math.ceil(asked.deadlineMs - Date.now()));
    const pending: Pending = { ...asked, timer: undefined, cancel: () => this.abandon(call) };
    const call = this.pending.add(pending);
    if (leftMs > 0) pending.timer = setTimeout(() => this.expire(call), leftMs);
    this.stream.write({ call, method: asked.method, timeoutMs: leftMs, traceId: asked.traceId, body: asked.body });
    return { cancel: () => pending.cancel() };
  }

  /** Takes no more calls; ends when those that it has are answered. */
  retire(): void {
    this.retired = true;
    this.endWhenDone();
  }

  cancel(): void {
    this.stream.cancel();
  }

  private take(frame: ResponseFrame): void {
    if (frame.call === 0) return this.retire();
    this.unanswered = 0;
    const pending = this.forget(frame.call);
    if (pending === undefined) return;
    if (frame.refused) pending.cancel = makeAlone(pending);
    else if (frame.code === status.OK) pending.done(null, frame.body);
    else pending.done(statusOf(frame.code, frame.details, frame));
  }

  /** The server watches the time too: it need not be told. */
  private expire(call: number): void {
    this.unanswered++;
    this.forget(call)?.done(statusOf(status.DEADLINE_EXCEEDED, 'Deadline exceeded.'));
  }

  private abandon(call: number): void {
    if (!this.pending.has(call)) return;
    this.stream.write({ ...emptyRequest, call });
    this.forget(call)?.done(statusOf(status.CANCELLED, 'Cancelled by the caller.'));
  }

  private forget(call: number): Pending | undefined {
    const pending = this.pending.take(call);
    if (pending === undefined) return undefined;
    clearTimeout(pending.timer);
    if (this.retired) this.endWhenDone();
    return pending;
  }

  private endWhenDone(): void {
    if (this.pending.size === 0 && !this.over) this.stream.end();
  }

  /** The stream is over: what it still had failed with it. */
  private end(end: Status): void {
    this.retired = this.over = true;
    if (end.code === status.UNIMPLEMENTED) this.onUnsupported();
    for (const call of this.pending.all()) {
      const pending = this.forget(call)!;
      if (end.code === status.UNIMPLEMENTED) pending.cancel = makeAlone(pending);
      else pending.done(end.code === status.OK ? statusOf(status.UNAVAILABLE, 'The stream ended before the answer.') : end);
    }
  }
}

function makeAlone({ alone }: Pending): () => void {
  const call = alone();
  return () => call.cancel();
}
