import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { ServerCallContext } from './call-context.js';
import { decodeRequest, emptyResponse, responseHead, type RequestFrame, type ResponseFrame } from './exchange-frames.js';
import { FrameConnection } from './frame-connection.js';
import type { ServerRpc } from './server-rpc.js';
import { validTraceId } from './trace-id.js';
import { resultOf } from './unary-call.js';
import { factsBytes, isAnswer, reasonOf, type WireStatus } from './wire-error.js';

/** One caller's connection of calls, which runs the unary rpcs of `rpcs` as their own streams would. It ends when the caller has ended it and every call has been answered. */
export class ServerExchange {
  /** Those of the calls that it has, by number. */
  private readonly contexts: Record<number, ServerCallContext> = {};
  private readonly connection: FrameConnection;
  private calls = 0;
  private stopped = false;
  private callerEnded = false;

  constructor(private readonly socket: Socket, private readonly rpcs: ReadonlyMap<string, ServerRpc>) {
    this.connection = new FrameConnection(socket, {
      greeted: () => undefined,
      stranger: () => undefined,
      message: (bytes) => this.take(decodeRequest(bytes)),
      ended: () => { this.callerEnded = true; this.endWhenDone(); },
    });
    socket.once('close', () => this.abort());
  }

  /** Takes no more calls; answers those that it has. The caller ends the connection then. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.send(emptyResponse);
  }

  private take(frame: RequestFrame): void {
    if (frame.method === '') this.contexts[frame.call]?.abort();
    else if (this.stopped) this.send({ ...emptyResponse, call: frame.call, code: status.UNAVAILABLE, refused: true });
    else void this.answer(frame);
  }

  private async answer({ call, method, timeoutMs, traceId, body }: RequestFrame): Promise<void> {
    const rpc = this.rpcs.get(method);
    if (rpc?.method.methodKind !== 'unary') {
      this.send({ ...emptyResponse, call, code: status.UNIMPLEMENTED, details: `This server has no unary method ${method}.` });
      return;
    }
    const deadlineMs = timeoutMs === 0 ? Infinity : Date.now() + timeoutMs;
    const context = new ServerCallContext({ deadlineMs, rpc: method, traceId: () => validTraceId(traceId) });
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => context.abort(), timeoutMs).unref();
    this.contexts[call] = context;
    this.calls++;
    const [failure, response] = await resultOf(rpc, Buffer.from(body.buffer, body.byteOffset, body.byteLength), context);
    context.finish();
    clearTimeout(timer);
    delete this.contexts[call];
    this.calls--;
    if (!context.aborted) this.send(failure === null ? { ...emptyResponse, call, body: response } : failureFrame(call, failure));
    this.endWhenDone();
  }

  private send(frame: ResponseFrame): void {
    if (this.socket.writable) this.connection.send(responseHead(frame), frame.body);
  }

  private endWhenDone(): void {
    if (this.callerEnded && this.calls === 0) this.connection.end();
  }

  private abort(): void {
    for (const context of Object.values(this.contexts)) context.abort();
  }
}

function failureFrame(call: number, failure: WireStatus): ResponseFrame {
  const { code, details } = failure;
  return { ...emptyResponse, call, code, details, ...(isAnswer(failure) ? { reason: reasonOf(failure)!, facts: factsBytes(failure) } : {}) };
}
