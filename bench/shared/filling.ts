/** What shows write through the public API before they measure, and read to begin with. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { features } from '@serendip/shared-contracts';
import { send, type Answer } from '../chaos/serve/http.ts';
import type { StackState } from './stack-process.ts';

export type FeatureStore = ReturnType<typeof createGrpcClient<typeof features.FeatureStoreService>>;

const BATCH = 500;
const WAYS = 4;

/** Whoever makes it closes it. */
export function featureStoreOf({ services }: StackState, name = 'feature-store'): FeatureStore {
  return createGrpcClient(features.FeatureStoreService, { target: `127.0.0.1:${services[name]!.port}`, timeoutMs: 10_000 });
}

/** Writes 0 … total − 1 in batches of 500, four at a time, again while it is told to come back. */
export async function inBatches(total: number, write: (ns: readonly number[]) => Promise<Answer>): Promise<void> {
  let from = 0;
  await Promise.all(Array.from({ length: WAYS }, async () => {
    while (from < total) {
      const first = from;
      from += BATCH;
      const ns = Array.from({ length: Math.min(BATCH, total - first) }, (_, i) => first + i);
      let answer = await write(ns);
      for (; answer.status === 429 || answer.status === 503; answer = await write(ns)) await sleep(200);
      if (answer.status !== 202 && answer.status !== 200) throw new Error(`A batch was answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`);
    }
  }));
}

/** Resolves once every partition is applied to its log's end. */
export async function caughtUp(store: FeatureStore): Promise<void> {
  for (;;) {
    const { partitions } = await store.getProgress({});
    if (partitions.length > 0 && partitions.every(({ cursor, logEnd }) => cursor >= logEnd)) return;
    await sleep(20);
  }
}

/** Ids of every item that is available. */
export async function itemIds({ gateways, keys }: StackState): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const { body } = await send(`${gateways[0]}/v1/items?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { key: keys.secret, timeoutMs: 5000 });
    for (const item of body.items) if (item.available !== false) ids.push(item.id);
    cursor = body.nextCursor ?? '';
  } while (cursor !== '');
  return ids;
}
