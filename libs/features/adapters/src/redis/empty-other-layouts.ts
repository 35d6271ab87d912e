import { PARTITIONS } from '@serendip/shared-identity';
import { LAYOUT } from '../layout.js';
import { BACKGROUND_MS, type RedisConnection } from './redis-connection.js';
import { EVERY_KEY, generationKeys, generationOf, ownerOfKey, placeOf, stateKeys } from './state-keys.js';

/** The log is the truth: partitions that another version has left are emptied, each head last, so that it is done again if it ends halfway. */
export async function emptyOtherLayouts(connection: RedisConnection, onRebuild: (layout: number) => void): Promise<void> {
  const heads = await connection.within(BACKGROUND_MS, () => Promise.all(Array.from({ length: PARTITIONS }, async (_, partition) =>
    stateKeys.head(placeOf(partition, generationOf(await connection.send('GET', [generationKeys.live(partition)])))))));
  const layouts = await connection.within(BACKGROUND_MS, () => Promise.all(heads.map((head) => connection.send('HGET', [head, 'layout']))));
  const others = new Map(layouts.flatMap((layout, partition) => (layout === null || Number(layout) === LAYOUT ? [] : [[partition, Number(layout)]])));
  if (others.size === 0) return;
  const last = new Set([...others.keys()].map((partition) => heads[partition]!));
  for await (const keys of connection.scan(EVERY_KEY)) {
    const old = keys.filter((key) => others.has(ownerOfKey(String(key))?.partition ?? NaN) && !last.has(String(key)));
    await Promise.all(old.map((key) => connection.within(BACKGROUND_MS, () => connection.send('UNLINK', [key]))));
  }
  await Promise.all([...last].map((key) => connection.within(BACKGROUND_MS, () => connection.send('UNLINK', [key]))));
  onRebuild(Math.min(...others.values()));
}
