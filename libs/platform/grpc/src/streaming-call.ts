import type { ServerWritableStream, handleServerStreamingCall } from '@grpc/grpc-js';
import { DomainError } from '@serendip/shared-errors';
import { ServerCallContext } from './call-context.js';
import { failureOf } from './failure-log.js';
import type { ServerRpc } from './server-rpc.js';

type Call = ServerWritableStream<Buffer, Buffer>;

/** The streams a server has open, so that it can end them when it stops. */
export type OpenStreams = Set<{ stop(): void }>;

/** grpc-js's handler of a server-streaming rpc: pulls the handler's responses no faster than the caller reads, and stops it when the caller is gone. It never throws. */
export function streamingCall(rpc: ServerRpc, open: OpenStreams): handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const context = ServerCallContext.of(call);
    const stop = (): void => {
      context.abort();
      call.emit('error', failureOf(new DomainError('UNAVAILABLE', 'SHUTTING_DOWN', 'The server is shutting down: watch again.'), context, rpc.logger));
    };
    const stream = { stop };
    open.add(stream);
    void send(rpc, call, context)
      .catch((error: unknown) => {
        const failure = failureOf(error, context, rpc.logger);
        if (!context.aborted) call.emit('error', failure);
      })
      .finally(() => {
        context.finish();
        open.delete(stream);
      });
  };
}

async function send(rpc: ServerRpc, call: Call, context: ServerCallContext): Promise<void> {
  const responses = (await rpc.run(call.request, context)) as AsyncIterable<unknown>;
  const iterator = responses[Symbol.asyncIterator]();
  let ended = false;
  const leave = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    try {
      // A generator that waits goes on to its next yield first; it hears of the end by `context.signal`.
      await iterator.return?.();
    } catch (error) {
      failureOf(error, context, rpc.logger);
    }
  };
  context.signal.addEventListener('abort', () => void leave(), { once: true });
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true || context.aborted) break;
      if (!call.write(rpc.encode(value))) await drained(call);
    }
    if (!context.aborted) call.end();
  } finally {
    void leave();
  }
}

/** Resolves when the caller has read enough, or will read no more. */
async function drained(call: Call): Promise<void> {
  if (call.destroyed || call.cancelled) return;
  return new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      call.off('close', done);
      call.off('cancelled', done);
      resolve();
    };
    call.on('drain', done);
    call.on('close', done);
    call.on('cancelled', done);
  });
}
