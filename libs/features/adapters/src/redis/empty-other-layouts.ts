import { PARTITIONS } from '@serendip/shared-identity';
import { LAYOUT } from '../layout.js';
import { BACKGROUND_MS, type RedisConnection } from './redis-connection.js';
import { partitionOfKey, stateKeys } from './state-keys.js';

/** The log is the truth: partitions that another version has left are emptied, each head last, so that it is done again if it ends halfway. */
export async function emptyOtherLayouts(connection: RedisConnection, onRebuild: (layout: number) => void): Promise<void> {
  const layouts = await connection.within(BACKGROUND_MS, () => Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => connection.send('HGET', [stateKeys.head(partition), 'layout']))));
  const others = new Map(layouts.flatMap((layout, partition) => (layout === null || Number(layout) === LAYOUT ? [] : [[partition, Number(layout)]])));
  if (others.size === 0) return;
  const heads = new Set([...others.keys()].map(stateKeys.head));
  for await (const keys of connection.scan(stateKeys.every)) {
    const old = keys.filter((key) => others.has(partitionOfKey(String(key))) && !heads.has(String(key)));
    await Promise.all(old.map((key) => connection.within(BACKGROUND_MS, () => connection.send('UNLINK', [key]))));
  }
  await Promise.all([...heads].map((key) => connection.within(BACKGROUND_MS, () => connection.send('UNLINK', [key]))));
  onRebuild(Math.min(...others.values()));
}
