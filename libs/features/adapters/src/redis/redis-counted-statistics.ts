import type { CountedStatistics, ItemKey } from '@serendip/features-domain';
import { PARTITIONS } from '@serendip/shared-identity';
import { combineStatistics, emptyStatistics, float64sOf } from '@serendip/shared-layouts';
import type { LiveGenerations } from './live-generations.js';
import { BACKGROUND_MS, type RedisConnection, type Reply } from './redis-connection.js';
import { itemField, itemOfField, stateKeys } from './state-keys.js';

const ITEMS_AT_ONCE = 1000;

/** What was counted, from each partition's rows and from the sorted set of when each was last changed. */
export class RedisCountedStatistics implements CountedStatistics {
  constructor(private readonly connection: RedisConnection, private readonly live: LiveGenerations) {}

  async changedAfter(partition: number, position: number): Promise<{ readonly keys: readonly ItemKey[]; readonly position: number }> {
    const ask = (place: string): Promise<Reply> => this.connection.send('ZRANGE', [stateKeys.counted(place), `(${position}`, '+inf', 'BYSCORE', 'WITHSCORES']);
    const flat = (await this.connection.within(BACKGROUND_MS, () => this.live.read(partition, ask))) as readonly Buffer[];
    const keys = Array.from({ length: flat.length / 2 }, (_, i) => itemOfField(flat[i * 2]!));
    return { keys, position: keys.length === 0 ? position : Number(flat.at(-1)) };
  }

  async totals(keys: readonly ItemKey[]): Promise<readonly Float64Array[]> {
    const totals = keys.map(() => emptyStatistics());
    for (let from = 0; from < keys.length; from += ITEMS_AT_ONCE) {
      const fields = keys.slice(from, from + ITEMS_AT_ONCE).map(itemField);
      const rows = await this.connection.within(BACKGROUND_MS, () =>
        Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => this.live.read(partition, (place) => this.connection.send('HMGET', [stateKeys.statistics(place), ...fields])))));
      for (const some of rows as readonly (readonly Reply[])[]) some.forEach((row, i) => { if (row !== null) combineStatistics(totals[from + i]!, 0, float64sOf(row as Buffer), 0); });
    }
    return totals;
  }
}
