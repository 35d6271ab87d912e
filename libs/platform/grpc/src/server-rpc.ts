import type { DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import type { MessageHandler } from '@nestjs/microservices';
import type { Logger } from '@serendip/platform-logging';
import { decodeMessage, encodeMessage } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { isObservable, lastValueFrom } from 'rxjs';
import type { ServerCallContext } from './call-context.js';
import { maxMessageBytes } from './channel-options.js';

/** One rpc with its handler as Nest made it: guards, interceptors and the error filter included. */
export class ServerRpc {
  constructor(readonly method: DescMethod, private readonly handler: MessageHandler, readonly logger: Logger) {}

  /** Decodes the request, runs the handler and answers what it returned; rejects with a WireStatus, or a DomainError of its own. */
  async run(bytes: Buffer, context: ServerCallContext): Promise<unknown> {
    const result: unknown = await this.handler(decode(this.method.input, bytes), context);
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  }

  /** The bytes of a response. */
  encode(response: unknown): Buffer {
    const bytes = encodeMessage(this.method.output, response as never);
    if (bytes.length > maxMessageBytes) {
      throw new DomainError('RESOURCE_EXHAUSTED', 'RESPONSE_TOO_LARGE', `The response has ${bytes.length} bytes, more than ${maxMessageBytes}: ask for less at a time.`);
    }
    return bytes;
  }
}

function decode(schema: DescMessage, bytes: Buffer): unknown {
  try {
    return decodeMessage(schema, bytes);
  } catch (cause) {
    throw new DomainError('INVALID_ARGUMENT', 'MALFORMED_REQUEST', `The request is not a ${schema.typeName}.`, { cause });
  }
}

/** Path and rpc of every handler, in the services' order; throws when a handler serves none of them. */
export function rpcsOf(services: readonly DescService[], handlers: ReadonlyMap<string, MessageHandler>, logger: Logger): ReadonlyMap<string, ServerRpc> {
  const rpcs = new Map<string, ServerRpc>();
  for (const method of services.flatMap((service) => service.methods)) {
    const path = `/${method.parent.typeName}/${method.name}`;
    const handler = handlers.get(path);
    if (handler === undefined) logger.warn({ rpc: path }, 'This rpc has no handler and answers UNIMPLEMENTED.');
    else rpcs.set(path, new ServerRpc(method, handler, logger));
  }
  const stray = [...handlers.keys()].find((path) => !rpcs.has(path));
  if (stray !== undefined) throw new Error(`The handler of ${stray} belongs to none of this server's services.`);
  return rpcs;
}
