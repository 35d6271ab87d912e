import { setTimeout as wait } from 'node:timers/promises';
import type { RedisAddress } from '@serendip/platform-redis';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { Redis } from 'ioredis';
import { closedLog } from '../log-rules.js';
import { primaryOf } from './primary-of.js';
import { LOG_PREFIX } from './log-keys.js';

const retryForMs = 10_000;
const retryAfterMs = 50;
const connectMs = 2_000;
/** A server that is silent for so long is taken for lost. */
const answerMs = 5_000;
const passing = /^(READONLY|LOADING|MASTERDOWN|UNBLOCKED|CLUSTERDOWN|MOVED|ASK|TRYAGAIN)\b/;

/** One connection to Redis, in a cluster to the primary that has the log, made anew and prepared anew whenever it is lost; nothing is sent on one that is not prepared. */
export class RedisConnection {
  private client: Redis | undefined;
  private connecting: Promise<Redis> | undefined;
  private closed = false;

  constructor(private readonly address: RedisAddress, private readonly prepare: (client: Redis) => Promise<void>) {}

  /** Whether it is connected and prepared. */
  get up(): boolean {
    return this.client !== undefined;
  }

  /**
   * Does something that may be done twice; again on a new connection if one is lost before the answer, for `forMs` milliseconds.
   * UNAVAILABLE/LOG_FAILED when Redis does not answer in that time or refuses; UNAVAILABLE/LOG_CLOSED once it is closed.
   */
  async run<T>(action: (client: Redis) => Promise<T>, forMs = retryForMs): Promise<T> {
    const giveUp = performance.now() + forMs;
    for (;;) {
      try {
        return await this.once(action);
      } catch (error) {
        if (this.closed) throw closedLog();
        if (isDomainError(error)) throw error;
        if (isRefusal(error) || performance.now() >= giveUp) throw this.failure(error);
      }
      await wait(retryAfterMs);
    }
  }

  close(): void {
    this.closed = true;
    if (this.client !== undefined) disconnect(this.client);
  }

  private async once<T>(action: (client: Redis) => Promise<T>): Promise<T> {
    if (this.closed) throw closedLog();
    const client = this.client ?? (await this.connected());
    try {
      return await action(client);
    } catch (error) {
      if (!isDomainError(error) && !isRefusal(error)) {
        this.forget(client);
        disconnect(client);
      }
      throw error;
    }
  }

  private connected(): Promise<Redis> {
    this.connecting ??= this.connect().finally(() => { this.connecting = undefined; });
    return this.connecting;
  }

  private async connect(): Promise<Redis> {
    const client = await this.newClient();
    let fault: Error | undefined;
    client.on('error', (error: Error) => { fault = error; });
    client.on('end', () => this.forget(client));
    try {
      await client.connect();
      // A database that is not there is told of in no other way.
      if (fault !== undefined) throw fault;
      await this.prepare(client);
    } catch (error) {
      disconnect(client);
      throw fault ?? error;
    }
    if (this.closed) disconnect(client);
    this.client = client;
    return client;
  }

  /** Not connected yet. */
  private async newClient(): Promise<Redis> {
    const { isCluster, nodes, database, access } = this.address;
    const node = isCluster ? await primaryOf(LOG_PREFIX, this.address) : nodes[0]!;
    return new Redis({ ...access, ...node, db: database, lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null, connectTimeout: connectMs, commandTimeout: answerMs });
  }

  private forget(client: Redis): void {
    if (this.client === client) this.client = undefined;
  }

  private failure(cause: unknown): DomainError {
    const why = cause instanceof Error ? cause.message : String(cause);
    // The client adds what was sent: records, or the password.
    if (cause instanceof Error && 'command' in cause) delete cause.command;
    return new DomainError('UNAVAILABLE', 'LOG_FAILED', `The event log at ${this.address.name} failed (${why}): nothing of this is known to be durable.`, { cause });
  }
}

/** The server said no, and would again; what passes by itself is no refusal. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && !passing.test(error.message);
}

/** To disconnect what is disconnected would keep the process alive for two seconds. */
function disconnect(client: Redis): void {
  if (client.status !== 'end') client.disconnect();
}
