import type { Outbox, OutgoingEvent } from '@serendip/features-domain';
import { outgoingBytes } from './commit-arguments.js';
import { BACKGROUND_MS, type RedisConnection, type Reply } from './redis-connection.js';
import { stateKeys } from './state-keys.js';

export class RedisOutbox implements Outbox {
  constructor(private readonly connection: RedisConnection) {}

  async pending(partition: number, max: number): Promise<readonly OutgoingEvent[]> {
    const range = [stateKeys.outbox(partition), '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, max, 'WITHSCORES'];
    const flat = (await this.connection.within(BACKGROUND_MS, () => this.connection.send('ZRANGE', range))) as readonly Reply[];
    return Array.from({ length: flat.length / 2 }, (_, i) => ({ position: Number(flat[i * 2 + 1]), bytes: outgoingBytes(flat[i * 2] as Buffer) }));
  }

  async sent(partition: number, position: number): Promise<void> {
    await this.connection.within(BACKGROUND_MS, () => this.connection.send('ZREMRANGEBYSCORE', [stateKeys.outbox(partition), '-inf', position]));
  }
}
