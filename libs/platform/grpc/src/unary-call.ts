import type { ServerUnaryCall, handleUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { ServerCallContext } from './call-context.js';
import { failureOf } from './failure-log.js';
import type { ServerRpc } from './server-rpc.js';
import type { WireStatus } from './wire-error.js';

/** grpc-js's handler of a unary rpc. It answers exactly once and never throws. */
export function unaryCall(rpc: ServerRpc): handleUnaryCall<Buffer, Buffer> {
  return (call, respond) => void answer(rpc, call, respond);
}

async function answer(rpc: ServerRpc, call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): Promise<void> {
  const context = ServerCallContext.of(call);
  const [failure, response] = await resultOf(rpc, call.request, context);
  context.finish();
  try {
    respond(failure, response);
  } catch (err) {
    rpc.logger.error({ err, rpc: context.rpc }, 'An answer could not be sent.');
  }
}

/** The bytes of an answer, or the status of a failure. */
export async function resultOf(rpc: ServerRpc, request: Buffer, context: ServerCallContext): Promise<[WireStatus, null] | [null, Buffer]> {
  try {
    return [null, rpc.encode(await rpc.run(request, context))];
  } catch (error) {
    return [failureOf(error, context, rpc.logger), null];
  }
}
