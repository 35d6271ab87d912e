import type { DescMethodServerStreaming, DescMethodUnary, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { CallContext } from './call-context.js';

export interface GrpcClientOptions {
  /** host:port; ipv4:address:port,address:port for several; dns:///name:port for every address behind a name. */
  readonly target: string;
  /** Deadline of unary calls that name none, milliseconds; default 1000. */
  readonly timeoutMs?: number;
  /** Whether a peer that does not answer is left alone until it does; default true. */
  readonly breaker?: boolean;
  /** Whether unary calls share long-lived streams, which makes frequent small calls much cheaper; default false. */
  readonly exchange?: boolean;
}

export interface CallOptions {
  /** Milliseconds from now; replaces the client's default. */
  readonly timeoutMs?: number;
  /** Epoch milliseconds; replaces the client's default, and the earlier one counts when `timeoutMs` is given too. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** 32 hexadecimal digits, dashes allowed. */
  readonly traceId?: string;
  /** The call being answered: its trace goes on, its cancellation and deadline count too. */
  readonly context?: CallContext;
}

type UnaryCall<I, O> = (request: I, options?: CallOptions) => Promise<O>;
type StreamingCall<I, O> = (request: I, options?: CallOptions) => AsyncIterable<O>;

type Call<M> =
  M extends DescMethodUnary<infer I, infer O> ? UnaryCall<MessageInitShape<I>, MessageShape<O>>
  : M extends DescMethodServerStreaming<infer I, infer O> ? StreamingCall<MessageInitShape<I>, MessageShape<O>>
  : never;

/**
 * A function for each rpc of a service. Failures are DomainErrors with the peer's code, reason, message and metadata; a call is tried
 * once. Server streams have no deadline unless the options give one, and end when the loop over them is left.
 */
export type GrpcClient<S extends DescService> = { readonly [M in keyof S['method']]: Call<S['method'][M]> } & {
  /** Closes the connection; calls in flight fail with CANCELLED. */
  close(): void;
};
