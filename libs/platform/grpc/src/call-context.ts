import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { newTraceId, readTraceId } from './trace-id.js';

/** What a handler gets besides its request; pass it on as `context` of outgoing calls. */
export abstract class CallContext {
  /** When the caller stops waiting, epoch milliseconds; Infinity when it never does. */
  abstract readonly deadlineMs: number;
  /** Aborted when the caller has cancelled, its deadline has passed or the server must stop; never by the call's own end. */
  abstract readonly signal: AbortSignal;
  /** 32 hexadecimal digits, the caller's if it sent one. */
  abstract readonly traceId: string;
}

type GrpcCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

export interface CallFacts {
  /** Epoch milliseconds, Infinity for never. */
  readonly deadlineMs: number;
  /** The path of the rpc. */
  readonly rpc: string;
  /** The caller's, undefined when it sent none. */
  traceId(): string | undefined;
}

/** The context of one call; signal and trace id are made when asked for, because most handlers need neither. */
export class ServerCallContext extends CallContext {
  readonly deadlineMs: number;
  readonly rpc: string;
  private controller: AbortController | undefined;
  private trace: string | undefined;
  private finished = false;
  private stopped = false;

  constructor(private readonly facts: CallFacts) {
    super();
    this.deadlineMs = facts.deadlineMs;
    this.rpc = facts.rpc;
  }

  static of(call: GrpcCall): ServerCallContext {
    const deadline = call.getDeadline();
    const deadlineMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    const context = new ServerCallContext({ deadlineMs, rpc: call.getPath(), traceId: () => readTraceId(call.metadata) });
    // grpc-js says `cancelled` after every call; only before the handler is done does it mean one.
    call.once('cancelled', () => context.abort());
    return context;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.stopped) this.controller.abort();
    }
    return this.controller.signal;
  }

  get traceId(): string {
    return (this.trace ??= this.facts.traceId() ?? newTraceId());
  }

  /** True once nobody waits for the answer. */
  get aborted(): boolean {
    return this.stopped;
  }

  abort(): void {
    if (this.finished || this.stopped) return;
    this.stopped = true;
    this.controller?.abort();
  }

  /** The handler is done: from here on nothing aborts the signal. */
  finish(): void {
    this.finished = true;
  }
}
