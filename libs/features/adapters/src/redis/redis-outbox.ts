import type { Outbox, OutgoingEvent } from '@serendip/features-domain';
import { outgoingBytes } from './commit-arguments.js';
import type { LiveGenerations } from './live-generations.js';
import { BACKGROUND_MS, type RedisConnection, type Reply } from './redis-connection.js';
import { stateKeys } from './state-keys.js';

export class RedisOutbox implements Outbox {
  constructor(private readonly connection: RedisConnection, private readonly live: LiveGenerations) {}

  async pending(partition: number, max: number): Promise<readonly OutgoingEvent[]> {
    const ask = (place: string): Promise<Reply> => this.connection.send('ZRANGE', [stateKeys.outbox(place), '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, max, 'WITHSCORES']);
    const flat = (await this.connection.within(BACKGROUND_MS, () => this.live.read(partition, ask))) as readonly Reply[];
    return Array.from({ length: flat.length / 2 }, (_, i) => ({ position: Number(flat[i * 2 + 1]), bytes: outgoingBytes(flat[i * 2] as Buffer) }));
  }

  async sent(partition: number, position: number): Promise<void> {
    await this.connection.within(BACKGROUND_MS, () => this.connection.send('ZREMRANGEBYSCORE', [stateKeys.outbox(this.live.place(partition)), '-inf', position]));
  }
}
