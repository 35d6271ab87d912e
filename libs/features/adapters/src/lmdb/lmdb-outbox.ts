import type { Outbox, OutgoingEvent } from '@serendip/features-domain';
import type { StateTables } from './state-tables.js';

export class LmdbOutbox implements Outbox {
  constructor(private readonly tables: Pick<StateTables, 'root' | 'outbox'>) {}

  async pending(partition: number, max: number): Promise<readonly OutgoingEvent[]> {
    const range = this.tables.outbox.getRange({ start: [partition, 0], end: [partition, Infinity], limit: max });
    return [...range].map(({ key, value }) => ({ position: key[1] as number, bytes: Buffer.from(value) }));
  }

  async sent(partition: number, position: number): Promise<void> {
    const { root, outbox } = this.tables;
    await root.transaction(() => {
      for (const key of outbox.getKeys({ start: [partition, 0], end: [partition, position + 1] })) void outbox.remove(key);
    });
  }
}
