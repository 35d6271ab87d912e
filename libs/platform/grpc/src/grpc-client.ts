import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { methodDefinition } from '@serendip/shared-contracts';
import type { CallOptions, GrpcClient, GrpcClientOptions } from './client-types.js';
import { Peer } from './peer.js';

type Call = (request: unknown, options?: CallOptions) => unknown;

/** Typed calls of one service at one target; connects with the first call and finds a restarted peer again within a second. */
export function createGrpcClient<S extends DescService>(service: S, options: GrpcClientOptions): GrpcClient<S> {
  const peer = new Peer(options);
  const calls = service.methods.map((method) => [method.localName, callOf(peer, method, options.target)] as const);
  return { ...Object.fromEntries(calls), close: () => peer.close() } as unknown as GrpcClient<S>;
}

function callOf(peer: Peer, method: DescMethod, target: string): Call {
  const definition = methodDefinition(method);
  const rpc = `${method.parent.name}/${method.name} at ${target}`;
  if (method.methodKind === 'unary') return (request, options = {}) => peer.unary(definition, rpc, request, options);
  if (method.methodKind === 'server_streaming') return (request, options = {}) => peer.stream(definition, rpc, request, options);
  throw new Error(`${rpc}: client streams are not supported.`);
}
