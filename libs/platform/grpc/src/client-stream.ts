import type { ClientReadableStream } from '@grpc/grpc-js';
import { DomainError } from '@serendip/shared-errors';
import { isAborted, onAbort } from './call-limits.js';
import type { CallOptions } from './client-types.js';
import { fromStatus, isStatus } from './wire-error.js';

/** Opens a server stream when it is read and cancels it when the reading stops; failures are DomainErrors. Read it once. */
export async function* readStream(rpc: string, options: CallOptions, open: () => ClientReadableStream<unknown>): AsyncGenerator<unknown> {
  if (isAborted(options)) throw new DomainError('CANCELLED', 'CANCELLED', `${rpc}: cancelled before it was sent.`);
  const call = open();
  // A stream that is cancelled says so once more after nobody reads it.
  call.on('error', () => undefined);
  const stopListening = onAbort(options, () => call.cancel());
  try {
    yield* call;
  } catch (error) {
    throw isStatus(error) ? fromStatus(error, rpc) : error;
  } finally {
    stopListening();
    call.cancel();
  }
}
