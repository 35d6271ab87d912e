import { lookup } from 'node:dns';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { timeLeft } from './call-limits.js';
import { CallTable } from './call-table.js';
import { decodeResponse, emptyRequest, requestHead, type RequestFrame } from './exchange-frames.js';
import { FrameConnection } from './frame-connection.js';
import { placesOf, type Place } from './target-places.js';
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

/** Connections side by side at most; there is one for each address of the target. */
const MOST_CONNECTIONS = 64;
/** How long a connection takes new calls: replicas that were added get their share, as they do with fresh connections of gRPC. */
const CONNECTION_MS = 30_000;
/** Calls in a row without an answer after which a connection is left: another one may reach another replica. */
const MOST_UNANSWERED = 3;
/** Larger requests go alone, so that small ones don't wait behind them. */
const MOST_BYTES = 256 * 1024;
/** How long whoever is connected to has to greet. */
const GREETING_MS = 1_000;
/** How long a peer that has no exchange is not asked for one; less when it only closed the connection, as one that stops does. */
const UNSUPPORTED_MS = 30_000;
const CLOSED_MS = 1_000;

/**
 * Calls of one peer as messages of a few long-lived connections instead of a stream of gRPC for each: the same deadlines, cancellation and failures at
 * a fraction of the cost. What a server refused before it reached a handler, and everything where the peer has no exchange, is called alone.
 */
export class Exchange {
  /** Those that take new calls. */
  private readonly connections: (ExchangeConnection | undefined)[] = [];
  /** Those, and others that wait for the answers to what they have. */
  private readonly live = new Set<ExchangeConnection>();
  private readonly places: readonly Place[];
  private addresses: number;
  private turn = 0;
  /** Begins anywhere, so that not every client's first calls go to the first address. */
  private made = Math.floor(Math.random() * MOST_CONNECTIONS);
  private unsupportedUntilMs = 0;

  /** @param connectionMs for tests: how long a connection takes new calls. */
  constructor(target: string, private readonly connectionMs = CONNECTION_MS) {
    this.places = placesOf(target);
    this.addresses = this.places.length;
  }

  /** Answers how to cancel. */
  call(asked: ExchangedCall): { cancel(): void } {
    const nowMs = Date.now();
    if (this.addresses === 0 || nowMs < this.unsupportedUntilMs || asked.body.length > MOST_BYTES) return asked.alone();
    return this.connection(nowMs).call(asked, nowMs);
  }

  /** Ends every connection; calls in flight fail with CANCELLED. */
  close(): void {
    for (const connection of [...this.live]) connection.close();
  }

  private connection(nowMs: number): ExchangeConnection {
    const slot = this.turn++ % this.addresses;
    const connection = this.connections[slot];
    if (connection?.isOpen(nowMs) === true) return connection;
    connection?.retire();
    const made = new ExchangeConnection(this.made++, this.places, nowMs + this.connectionMs, {
      unsupported: (forMs) => { this.unsupportedUntilMs = Date.now() + forMs; },
      addresses: (count) => this.spread(count),
      over: () => void this.live.delete(made),
    });
    this.live.add(made);
    return (this.connections[slot] = made);
  }

  /** Goes round so many addresses from now on; several places are one address each. */
  private spread(addresses: number): void {
    if (this.places.length > 1) return;
    this.addresses = Math.min(addresses, MOST_CONNECTIONS);
    for (const connection of this.connections.splice(this.addresses)) connection?.retire();
  }
}

interface ConnectionEvents {
  /** Whoever is there does not greet. */
  unsupported(forMs: number): void;
  /** The target's name stands for so many addresses. */
  addresses(count: number): void;
  /** The connection is closed. */
  over(): void;
}

class ExchangeConnection {
  private readonly pending = new CallTable<Pending>();
  private socket!: Socket;
  /** Once the peer has greeted. */
  private open: FrameConnection | undefined;
  /** Calls that wait for the greeting. */
  private early: number[] = [];
  private unanswered = 0;
  private retired = false;
  private over = false;

  /** Connects to the first address of `places` that can be reached, beginning with the `number`th in turn; takes calls until then, too. */
  constructor(private readonly number: number, places: readonly Place[], private readonly untilMs: number, private readonly events: ConnectionEvents) {
    this.connect(turned(places, number));
  }

  isOpen(nowMs: number): boolean {
    return !this.retired && !this.pending.isFull && nowMs < this.untilMs && this.unanswered < MOST_UNANSWERED;
  }

  call(asked: ExchangedCall, nowMs: number): { cancel(): void } {
    const leftMs = timeLeft(asked.deadlineMs, nowMs);
    const pending: Pending = { ...asked, timer: undefined, cancel: () => this.abandon(call) };
    const call = this.pending.add(pending);
    if (leftMs > 0) pending.timer = setTimeout(() => this.expire(call), leftMs);
    if (this.open === undefined) this.early.push(call);
    else this.ask(call, asked, leftMs);
    return { cancel: () => pending.cancel() };
  }

  /** Takes no more calls; ends when those that it has are answered. */
  retire(): void {
    this.retired = true;
    this.endWhenDone();
  }

  close(): void {
    this.end(statusOf(status.CANCELLED, 'The client was closed.'));
  }

  private connect([place, ...others]: readonly Place[]): void {
    const socket = (this.socket = connect({ ...place!, lookup: this.lookup }));
    let failure: NodeJS.ErrnoException | undefined;
    let greetingTimer: NodeJS.Timeout | undefined;
    socket.once('connect', () => { greetingTimer = setTimeout(() => this.leave(UNSUPPORTED_MS), GREETING_MS).unref(); });
    socket.once('error', (error) => { failure = error; });
    socket.once('close', () => {
      clearTimeout(greetingTimer);
      if (this.over) return;
      if (this.open !== undefined) this.end(statusOf(status.UNAVAILABLE, 'The connection ended before the answer.'));
      else if (greetingTimer !== undefined) this.leave(CLOSED_MS);
      else if (others.length > 0) this.connect(others);
      else this.end(statusOf(status.UNAVAILABLE, `No connection to ${place!.host}:${place!.port}: ${reasonOf(failure)}.`));
    });
    const connection: FrameConnection = new FrameConnection(socket, {
      greeted: () => {
        clearTimeout(greetingTimer);
        this.begin(connection);
      },
      stranger: () => this.leave(UNSUPPORTED_MS),
      message: (bytes) => this.take(bytes),
      ended: () => socket.destroy(),
    });
  }

  /** Every address of a name, so that connections spread over them and one that can't be reached is passed over. */
  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      const sorted = [...found].sort((a, b) => (a.address < b.address ? -1 : 1));
      this.events.addresses(sorted.length);
      const addresses = turned(sorted, this.number);
      if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };

  private begin(connection: FrameConnection): void {
    this.open = connection;
    const nowMs = Date.now();
    for (const call of this.early) {
      const asked = this.pending.get(call);
      if (asked !== undefined) this.ask(call, asked, timeLeft(asked.deadlineMs, nowMs));
    }
    this.early = [];
    if (this.retired) this.endWhenDone();
  }

  private ask(call: number, { method, traceId, body }: ExchangedCall, timeoutMs: number): void {
    this.send({ call, method, timeoutMs, traceId, body });
  }

  private send(frame: RequestFrame): void {
    this.open?.send(requestHead(frame), frame.body);
  }

  private take(bytes: Buffer): void {
    const frame = decodeResponse(bytes);
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
    this.send({ ...emptyRequest, call });
    this.forget(call)?.done(statusOf(status.CANCELLED, 'Cancelled by the caller.'));
  }

  private forget(call: number): Pending | undefined {
    const pending = this.pending.take(call);
    if (pending === undefined) return undefined;
    clearTimeout(pending.timer);
    if (this.retired) this.endWhenDone();
    return pending;
  }

  /** One that has not been greeted yet has nothing to say goodbye to. */
  private endWhenDone(): void {
    if (this.pending.size > 0 || this.over) return;
    if (this.open === undefined) this.socket.destroy();
    else this.open.end();
  }

  /** Whoever is there does not greet: none of these calls has reached a handler. */
  private leave(forMs: number): void {
    this.events.unsupported(forMs);
    this.finish((pending) => { pending.cancel = makeAlone(pending); });
  }

  /** The connection is over: what it still had failed with it. */
  private end(end: Status): void {
    this.finish((pending) => pending.done(end));
  }

  private finish(each: (pending: Pending) => void): void {
    this.retired = this.over = true;
    this.socket.destroy();
    this.events.over();
    for (const call of this.pending.all()) each(this.forget(call)!);
  }
}

const turned = <T>(items: readonly T[], by: number): T[] => items.map((_, i) => items[(i + by) % items.length]!);

function makeAlone({ alone }: Pending): () => void {
  const call = alone();
  return () => call.cancel();
}

/** The failure of several addresses together has no message, but a code. */
const reasonOf = (failure: NodeJS.ErrnoException | undefined): string => [failure?.message, failure?.code].find(Boolean) ?? 'closed';
