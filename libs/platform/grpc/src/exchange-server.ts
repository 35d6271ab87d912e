import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { ServerCallContext } from './call-context.js';
import { mostTimerMs } from './call-limits.js';
import { windowBytes } from './channel-options.js';
import { decodeRequest, emptyResponse, responseHead, type RequestFrame, type ResponseFrame } from './exchange-frames.js';
import { FrameConnection } from './frame-connection.js';
import type { ServerRpc } from './server-rpc.js';
import { validTraceId } from './trace-id.js';
import { resultOf } from './unary-call.js';
import { factsBytes, isAnswer, reasonOf, type WireStatus } from './wire-error.js';

/** Answers that the caller has not read, beyond which nothing more is read of it until it has, bytes. */
const MOST_UNREAD_BYTES = windowBytes;

/** One caller's connection of calls, which runs the unary rpcs of `rpcs` as their own streams would. When the caller ends it nobody waits for those any more. */
export class ServerExchange {
  /** Those of the calls that it has, by number. */
  private readonly contexts: Record<number, ServerCallContext> = {};
  private readonly connection: FrameConnection;
  private stopped = false;

  constructor(private readonly socket: Socket, private readonly rpcs: ReadonlyMap<string, ServerRpc>) {
    this.connection = new FrameConnection(socket, {
      greeted: () => undefined,
      stranger: () => undefined,
      message: (bytes) => this.take(decodeRequest(bytes)),
      ended: () => socket.destroy(),
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
    const endless = timeoutMs === 0 || timeoutMs > mostTimerMs;
    const deadlineMs = endless ? Infinity : Date.now() + timeoutMs;
    const context = new ServerCallContext({ deadlineMs, rpc: method, traceId: () => validTraceId(traceId) });
    const timer = endless ? undefined : setTimeout(() => context.abort(), timeoutMs).unref();
    this.contexts[call] = context;
    const [failure, response] = await resultOf(rpc, Buffer.from(body.buffer, body.byteOffset, body.byteLength), context);
    context.finish();
    clearTimeout(timer);
    delete this.contexts[call];
    if (!context.aborted) this.send(failure === null ? { ...emptyResponse, call, body: response } : failureFrame(call, failure));
  }

  private send(frame: ResponseFrame): void {
    const { socket } = this;
    if (!socket.writable) return;
    this.connection.send(responseHead(frame), frame.body);
    if (socket.writableLength <= MOST_UNREAD_BYTES || socket.isPaused()) return;
    socket.pause();
    socket.once('drain', () => socket.resume());
  }

  private abort(): void {
    for (const context of Object.values(this.contexts)) context.abort();
  }
}

function failureFrame(call: number, failure: WireStatus): ResponseFrame {
  const { code, details } = failure;
  return { ...emptyResponse, call, code, details, ...(isAnswer(failure) ? { reason: reasonOf(failure)!, facts: factsBytes(failure) } : {}) };
}
