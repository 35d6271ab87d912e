import { setTimeout as wait } from 'node:timers/promises';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { Admin, findErrorBy, type BaseOptions, type Connection } from '@platformatic/kafka';
import { closedLog } from '../log-rules.js';
import type { LogAddress } from './log-address.js';

const retryForMs = 10_000;
const retryAfterMs = 50;

/** What every client of a log is made with. A broker that is silent for 5 s is taken for lost. */
export function clientOptions({ brokers, security }: LogAddress): BaseOptions {
  return { clientId: 'serendip', bootstrapBrokers: [...brokers], ...security, connectTimeout: 2_000, requestTimeout: 5_000, timeout: 4_000, autocreateTopics: false };
}

/** Connections to the brokers of a log, one to each; made anew when they are lost. */
export class KafkaConnection {
  /** Asks the brokers once. */
  readonly client: Admin;
  private closed = false;
  /** Whether what was asked last was answered. */
  up = false;

  constructor(private readonly address: LogAddress) {
    this.client = new Admin({ ...clientOptions(address), retries: 0 });
  }

  /**
   * Does something that may be done twice; again, with new metadata, while brokers fail or leaders move, for `forMs` milliseconds.
   * UNAVAILABLE/LOG_FAILED when it is not answered in that time or refused; UNAVAILABLE/LOG_CLOSED once it is closed.
   */
  async run<T>(action: (client: Admin) => Promise<T>, forMs = retryForMs): Promise<T> {
    const giveUp = performance.now() + forMs;
    for (;;) {
      try {
        if (this.closed) throw closedLog();
        const result = await action(this.client);
        this.up = true;
        return result;
      } catch (error) {
        if (this.closed) throw closedLog();
        if (isDomainError(error)) throw error;
        this.up = false;
        if (isRefusal(error) || performance.now() >= giveUp) throw logFailure(this.address, error);
        this.client.clearMetadata();
      }
      await wait(retryAfterMs);
    }
  }

  /** The connection to a broker. */
  async to(node: number): Promise<Connection> {
    const connection = (await this.client.connectToBrokers([node])).get(node);
    if (connection === undefined) throw new Error('A partition has no leader at the moment.');
    return connection;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client.close();
  }
}

export function logFailure({ name }: LogAddress, cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'LOG_FAILED', `The event log at ${name} failed (${sentenceOf(cause)}): nothing of this is known to be durable.`, { cause: new Error(sentenceOf(cause)) });
}

/** Brokers that are on their way back may be too few for the replicas, which are never more than there are brokers. */
const passing = 'INVALID_REPLICATION_FACTOR';

/** A broker said no, and would again. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const refuses = (one: Error): boolean => 'apiId' in one && one.apiId !== passing && 'canRetry' in one && one.canRetry === false;
  return findErrorBy(error, 'code', 'PLT_KFK_AUTHENTICATION') !== null || [error, ...nested(error)].some(refuses);
}

/** What the client's errors are made of: one for each try and broker. */
function nested(error: Error): readonly Error[] {
  const inner = [...(error instanceof AggregateError ? error.errors as Error[] : []), ...(error.cause instanceof Error ? [error.cause] : [])];
  return inner.flatMap((one) => [one, ...nested(one)]);
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [...new Set([error, ...nested(error)].map(({ message }) => message))].join(' ');
}
