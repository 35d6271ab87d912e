import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import { decodeMessage, encodeMessage } from './message-codec.js';

/** One rpc as grpc-js and Nest's gRPC transport take it; values to send may be plain initialisers. */
export type RpcDefinition<I extends DescMessage = DescMessage, O extends DescMessage = DescMessage> =
  MethodDefinition<MessageInitShape<I>, MessageShape<O>> & { readonly originalName: string };

/** Decodes without copying: `bytes` fields are plain Uint8Array views into `bytes`, at any offset. */
function decoder<D extends DescMessage>(schema: D): (bytes: Buffer) => MessageShape<D> {
  return (bytes) => decodeMessage(schema, bytes);
}

function encoder<D extends DescMessage>(schema: D): (value: MessageInitShape<D>) => Buffer {
  return (value) => encodeMessage(schema, value);
}

/** The definition of one generated rpc. */
export function methodDefinition(method: DescMethod): RpcDefinition {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    originalName: method.localName,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: encoder(method.input),
    requestDeserialize: decoder(method.input),
    responseSerialize: encoder(method.output),
    responseDeserialize: decoder(method.output),
  } as RpcDefinition;
}

/** The rpcs of a generated service by method name (`WriteEvents`), for `Server.addService` and `makeClientConstructor`. */
export function serviceDefinition(service: DescService): Readonly<Record<string, RpcDefinition>> {
  return Object.fromEntries(service.methods.map((method) => [method.name, methodDefinition(method)]));
}

/** Several services by full name, as `@grpc/proto-loader` would answer them: Nest's `packageDefinition`. */
export function packageDefinition(services: readonly DescService[]): Readonly<Record<string, Readonly<Record<string, RpcDefinition>>>> {
  return Object.fromEntries(services.map((service) => [service.typeName, serviceDefinition(service)]));
}
