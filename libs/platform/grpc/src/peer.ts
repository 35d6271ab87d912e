import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import type { RpcDefinition } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { deadlineOf, isAborted, onAbort } from './call-limits.js';
import { clientOptions } from './channel-options.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { readStream } from './client-stream.js';
import type { CallOptions, GrpcClientOptions } from './client-types.js';
import { Exchange } from './exchange-client.js';
import { healthCheckPath, isServing } from './health.js';
import { writeTraceId } from './trace-id.js';
import { fromStatus, isAnswer, statusOf, type Status } from './wire-error.js';

/** A call that got no answer says nothing about the peer when it waited for less, milliseconds. */
const patienceMs = 25;
const probeTimeoutMs = 250;
/** A call with this much time left, more than the parts of a slate have, hears an open circuit's next word before it is refused, milliseconds. */
const spareMs = 800;

interface Call {
  readonly options: CallOptions;
  readonly deadlineMs: number;
}

type Done = (failure: Status | null, response?: unknown) => void;

/** A target, its connection and its circuit breaker. */
export class Peer {
  private readonly client: Client;
  private readonly breaker: CircuitBreaker | undefined;
  private readonly exchange: Exchange | undefined;
  private readonly timeoutMs: number;
  private readonly calls = new Set<{ cancel(): void }>();
  private closed = false;

  constructor({ target, timeoutMs = 1_000, breaker = true, exchange = false }: GrpcClientOptions) {
    this.client = new Client(target, credentials.createInsecure(), clientOptions);
    this.exchange = exchange ? new Exchange(target) : undefined;
    this.timeoutMs = timeoutMs;
    this.breaker = breaker ? new CircuitBreaker({ probe: () => this.probe() }) : undefined;
  }

  /** One request, one response; `rpc` names the call in messages. */
  async unary(definition: RpcDefinition, rpc: string, request: unknown, options: CallOptions): Promise<unknown> {
    const deadlineMs = deadlineOf(options, this.timeoutMs, Date.now());
    if (this.breaker?.isOpen === true && deadlineMs - Date.now() >= spareMs) await this.breaker.nextWord();
    if (this.closed) throw clientClosed(rpc);
    if (isAborted(options)) throw new DomainError('CANCELLED', 'CANCELLED', `${rpc}: cancelled before it was sent.`);
    const now = Date.now();
    if (deadlineMs <= now) throw new DomainError('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', `${rpc}: no time was left to send it.`);
    if (this.breaker?.isOpen === true) throw new DomainError('UNAVAILABLE', 'CIRCUIT_OPEN', `${rpc}: the peer does not answer at the moment.`);
    return new Promise((resolve, reject) => {
      const done = (failure: Status | null, response?: unknown): void => {
        stopListening();
        this.observe(failure, now);
        if (failure === null) resolve(response);
        else reject(fromStatus(failure, rpc));
      };
      const call = this.exchange === undefined ? this.alone(definition, request, { options, deadlineMs }, done) : this.exchanged(this.exchange, definition, request, { options, deadlineMs }, done);
      const stopListening = onAbort(options, () => call.cancel());
    });
  }

  private alone({ path, requestSerialize, responseDeserialize }: RpcDefinition, request: unknown, { options, deadlineMs }: Call, done: Done): { cancel(): void } {
    const call = this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request as never, metadataOf(options), { deadline: deadlineMs }, (failure, response) => {
      this.calls.delete(call);
      done(failure, response);
    });
    this.calls.add(call);
    return call;
  }

  private exchanged(exchange: Exchange, definition: RpcDefinition, request: unknown, call: Call, done: Done): { cancel(): void } {
    let body: Buffer;
    try {
      body = definition.requestSerialize(request as never);
    } catch (error) {
      // As grpc-js says it.
      queueMicrotask(() => done(statusOf(status.INTERNAL, `Request message serialization failure: ${String(error)}`)));
      return { cancel: () => undefined };
    }
    return exchange.call({
      method: definition.path, body, deadlineMs: call.deadlineMs, traceId: traceIdOf(call.options) ?? '',
      done: (failure, bytes) => {
        if (failure !== null) return done(failure);
        try {
          done(null, definition.responseDeserialize(bytes as Buffer));
        } catch (error) {
          done(statusOf(status.INTERNAL, `Response message parsing error: ${String(error)}`));
        }
      },
      alone: () => this.alone(definition, request, call, done),
    });
  }

  /** One request, many responses. Streams pass an open breaker and tell it nothing: who watches waits for the peer anyway. */
  stream(definition: RpcDefinition, rpc: string, request: unknown, options: CallOptions): AsyncIterable<unknown> {
    const deadline = deadlineOf(options, Infinity, Date.now());
    const { path, requestSerialize, responseDeserialize } = definition;
    return readStream(rpc, options, () => {
      if (this.closed) throw clientClosed(rpc);
      const call = this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request as never, metadataOf(options), { deadline });
      this.calls.add(call);
      call.once('status', () => this.calls.delete(call));
      return call;
    });
  }

  close(): void {
    this.closed = true;
    this.breaker?.dispose();
    for (const call of this.calls) call.cancel();
    this.exchange?.close();
    this.client.close();
  }

  /** Tells the breaker what a call's end says about the peer. */
  private observe(error: Status | null, startedMs: number): void {
    if (this.breaker === undefined) return;
    const unanswered = error?.code === status.DEADLINE_EXCEEDED || error?.code === status.CANCELLED;
    if (error === null || isAnswer(error) || (error.code !== status.UNAVAILABLE && !unanswered)) this.breaker.success();
    else if (error.code === status.UNAVAILABLE || Date.now() - startedMs >= patienceMs) this.breaker.failure();
  }

  /** Asks the peer's health service; a peer without one lives if it says so. */
  private probe(): Promise<boolean> {
    const deadline = Date.now() + probeTimeoutMs;
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(healthCheckPath, asIs, asIs, Buffer.alloc(0), new Metadata(), { deadline }, (error, response) => {
        if (error === null) resolve(response !== undefined && isServing(response));
        else resolve(error.code === status.UNIMPLEMENTED);
      });
    });
  }
}

const asIs = (bytes: Buffer): Buffer => bytes;

function clientClosed(rpc: string): DomainError {
  return new DomainError('CANCELLED', 'CLIENT_CLOSED', `${rpc}: this client was closed.`);
}

const traceIdOf = ({ traceId, context }: CallOptions): string | undefined => traceId ?? context?.traceId;

function metadataOf(options: CallOptions): Metadata {
  const metadata = new Metadata();
  const traceId = traceIdOf(options);
  if (traceId !== undefined) writeTraceId(metadata, traceId);
  return metadata;
}
