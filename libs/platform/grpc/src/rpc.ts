import type { DescMessage, DescMethodServerStreaming, DescMethodUnary, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { MessagePattern } from '@nestjs/microservices';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import type { CallContext } from './call-context.js';

type Request<D extends DescMessage> = MessageShape<D>;

/** The handler of one rpc: a promise of the response, or the responses of a server stream, each an initialiser or a message. */
export type Handler<M> =
  M extends DescMethodUnary<infer I, infer O> ? (request: Request<I>, context: CallContext) => Promise<MessageInitShape<O>>
  : M extends DescMethodServerStreaming<infer I, infer O> ? (request: Request<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
  : never;

/** Every rpc of a service by its local name, for a controller to implement. */
export type Handlers<S extends DescService> = { [M in keyof S['method']]: Handler<S['method'][M]> };

/** The pattern under which Nest knows the handler of an rpc: its path on the wire. */
export function rpcPath(service: DescService, localName: string): string {
  const method = service.method[localName];
  if (method === undefined) throw new Error(`${service.typeName} has no rpc ${localName}.`);
  return `/${service.typeName}/${method.name}`;
}

/** Makes a controller's method the handler of an rpc; both parameters reach it as they are. */
export function Rpc<S extends DescService, M extends keyof S['method'] & string>(service: S, method: M) {
  const pattern = MessagePattern(rpcPath(service, method));
  return <T extends Handler<S['method'][M]>>(target: object, key: string, descriptor: TypedPropertyDescriptor<T>): void => {
    pattern(target, key, descriptor);
    // No parameter decorators: without this Nest would pass the first parameter only.
    Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, target.constructor, key);
  };
}
