import { status, type ServerDuplexStream, type handleBidiStreamingCall } from '@grpc/grpc-js';
import { ServerCallContext } from './call-context.js';
import { emptyResponse, type RequestFrame, type ResponseFrame } from './exchange-frames.js';
import type { ServerRpc } from './server-rpc.js';
import type { OpenStreams } from './streaming-call.js';
import { validTraceId } from './trace-id.js';
import { resultOf } from './unary-call.js';
import { factsBytes, isAnswer, reasonOf, type WireStatus } from './wire-error.js';

type Call = ServerDuplexStream<RequestFrame, ResponseFrame>;

/** grpc-js's handler of the exchange: runs the unary rpcs of `rpcs` as their own streams would. It never throws. */
export function exchangeCall(rpcs: ReadonlyMap<string, ServerRpc>, open: OpenStreams): handleBidiStreamingCall<RequestFrame, ResponseFrame> {
  return (call) => {
    const exchange = new ServerExchange(call, rpcs);
    open.add(exchange);
    call.once('close', () => open.delete(exchange));
  };
}

/** One caller's stream of calls. It ends when the caller has ended it, or the server stops, and every call has been answered. */
class ServerExchange {
  /** Those of the calls that it has, by number. */
  private readonly contexts: Record<number, ServerCallContext> = {};
  private calls = 0;
  private closing = false;

  constructor(private readonly call: Call, private readonly rpcs: ReadonlyMap<string, ServerRpc>) {
    call.on('data', (frame: RequestFrame) => this.take(frame));
    call.on('end', () => this.close());
    call.on('error', () => this.abort());
    call.on('cancelled', () => this.abort());
  }

  /** Takes no more calls; answers those that it has. */
  stop(): void {
    if (this.closing) return;
    this.call.write(emptyResponse);
    this.close();
  }

  private take(frame: RequestFrame): void {
    if (frame.method === '') this.contexts[frame.call]?.abort();
    else if (this.closing) this.call.write({ ...emptyResponse, call: frame.call, code: status.UNAVAILABLE, refused: true });
    else void this.answer(frame);
  }

  private async answer({ call, method, timeoutMs, traceId, body }: RequestFrame): Promise<void> {
    const rpc = this.rpcs.get(method);
    if (rpc?.method.methodKind !== 'unary') {
      this.call.write({ ...emptyResponse, call, code: status.UNIMPLEMENTED, details: `This server has no unary method ${method}.` });
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
    if (!context.aborted && !this.call.destroyed) this.call.write(failure === null ? { ...emptyResponse, call, body: response } : failureFrame(call, failure));
    if (this.closing) this.endWhenDone();
  }

  private close(): void {
    this.closing = true;
    this.endWhenDone();
  }

  private endWhenDone(): void {
    if (this.calls === 0 && !this.call.destroyed) this.call.end();
  }

  private abort(): void {
    this.closing = true;
    for (const context of Object.values(this.contexts)) context.abort();
  }
}

function failureFrame(call: number, failure: WireStatus): ResponseFrame {
  const { code, details } = failure;
  return { ...emptyResponse, call, code, details, ...(isAnswer(failure) ? { reason: reasonOf(failure)!, facts: factsBytes(failure) } : {}) };
}
