import type { RedisAddress } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { MAX_EPOCH, type Durability } from '@serendip/events-domain';
import type { Redis } from 'ioredis';
import { ENDS_KEY, HEADER_KEY, NEXT_KEY } from './log-keys.js';
import { OPEN_LOG, PUBLISH_ENDS } from './log-scripts.js';
import { RedisConnection } from './redis-connection.js';
import { requireDurable, runIdOf } from './require-durable.js';

/** The layout of the keys of a log. */
export const LAYOUT_VERSION = 1;

const replicaMs = 2_000;

/** FAILED_PRECONDITION/LOG_INCOMPATIBLE for a log that this version can not read. */
export function requireLayout(version: string, partitions: string): void {
  if (Number(version) === LAYOUT_VERSION && Number(partitions) === PARTITIONS) return;
  const found = `layout ${version} with ${partitions} partitions`;
  throw new DomainError('FAILED_PRECONDITION', 'LOG_INCOMPATIBLE', `The log has ${found}; this version reads layout ${LAYOUT_VERSION} with ${PARTITIONS}: replay it into a new one.`);
}

/** The connections of one open log: appends wait for replicas on theirs, so reads have another. */
export class LogConnections {
  readonly reading: RedisConnection;
  readonly writing: RedisConnection;
  /** 0 before it is opened to write. */
  private epoch = 0;

  private alone: Durability = 'process';

  constructor(private readonly address: RedisAddress) {
    const require = async (client: Redis): Promise<void> => { this.alone = await requireDurable(client, address); };
    this.reading = new RedisConnection(address, require);
    this.writing = new RedisConnection(address, async (client) => {
      await require(client);
      await this.beginWriting(client);
    });
  }

  get durability(): Durability {
    return this.address.replicas > 0 ? 'replicated' : this.alone;
  }

  /** Waits until the replicas asked for have what this client wrote. UNAVAILABLE/LOG_FAILED when they do not in time. */
  async replicated(client: Redis): Promise<void> {
    const { replicas, name } = this.address;
    if (replicas === 0) return;
    const reached = await client.wait(replicas, replicaMs);
    if (reached >= replicas) return;
    throw new DomainError('UNAVAILABLE', 'LOG_FAILED', `Only ${reached} of ${replicas} replicas of the event log at ${name} have this after ${replicaMs} ms: it is not known to be durable.`);
  }

  close(): void {
    this.reading.close();
    this.writing.close();
  }

  private async beginWriting(client: Redis): Promise<void> {
    const args = [LAYOUT_VERSION, PARTITIONS, MAX_EPOCH, await runIdOf(client), this.epoch > 0 ? 'again' : 'open', this.epoch];
    const [status, ...facts] = (await OPEN_LOG.run(client, [HEADER_KEY, NEXT_KEY], args)) as string[];
    if (status === 'incompatible') requireLayout(facts[0]!, facts[1]!);
    if (status === 'exhausted') throw new DomainError('FAILED_PRECONDITION', 'LOG_EPOCHS_EXHAUSTED', 'The log was not closed cleanly too often: replay it into a new one.');
    this.epoch = Number(facts[1]);
    await this.replicated(client);
    await PUBLISH_ENDS.run(client, [ENDS_KEY], [facts[0]!]);
  }
}
