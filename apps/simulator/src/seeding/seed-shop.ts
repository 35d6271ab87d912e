import { writeFileSync } from 'node:fs';
import type { GatewayClient } from '@serendip/platform-gateway-client';
import { DomainError } from '@serendip/shared-errors';
import { History } from '../shoppers/history.js';
import { demoShoppers } from '../shoppers/portrait.js';
import { demoCount } from '../shoppers/shopper.js';
import type { ShopEvent } from '../shoppers/event.js';
import { World } from '../world.js';
import { inBatches } from './batches.js';
import { readSeedState, writeSeedState, type SeedState } from './seed-state.js';

export interface SeedOptions {
  readonly seed: number;
  readonly events: number;
  readonly days: number;
  readonly products: number;
  readonly shoppers: number;
  /** Epoch milliseconds, where the history ends; of no effect on an import that was begun before. */
  readonly now: number;
  /** Name of the import: the same name goes on where it stopped. */
  readonly importName: string;
  /** File that remembers what was begun. */
  readonly stateFile: string;
  /** File for the shop's page, naming the demo shoppers; none by default. */
  readonly shopFile?: string;
  readonly onProgress: (stage: 'products' | 'shoppers' | 'events', done: number, total: number) => void;
}

export interface SeedReport {
  readonly import: string;
  readonly now: string;
  readonly products: number;
  readonly profiles: number;
  /** Events of the whole history. */
  readonly events: number;
  /** Events sent in this run; fewer than `events` when it went on where it had stopped. */
  readonly sent: number;
  readonly rejected: number;
  readonly shoppers: readonly { readonly id: string; readonly name: string }[];
}

interface ImportAnswer {
  readonly id: string;
  readonly lastBatch?: number;
  readonly rejected?: number;
}

const batchesInFlight = 4;

/** Fills a gateway with the shop through its public API: catalogue, profiles of the demo shoppers, history. Can be run again after an interruption. */
export async function seedShop(client: GatewayClient, options: SeedOptions): Promise<SeedReport> {
  const { stateFile, importName: name, shopFile, onProgress } = options;
  const begun = (await client.send('POST', '/v1/imports', { body: { name } })) as ImportAnswer;
  const lastBatch = begun.lastBatch ?? 0;
  const state = stateOf(begun, options);
  writeSeedState(stateFile, state);
  const world = new World(state);
  const shoppers = demoShoppers(world);
  if (shopFile !== undefined) writeFileSync(shopFile, `${JSON.stringify({ title: 'The Serendip shop', shoppers }, null, 2)}\n`);
  if (lastBatch === 0) {
    await sendProducts(client, world, onProgress);
    await sendProfiles(client, world, onProgress);
  }
  const { events, sent } = await sendHistory(client, { importId: begun.id, lastBatch, history: new History(world, state), total: state.events, onProgress });
  const end = (await client.send('GET', `/v1/imports/${begun.id}`)) as ImportAnswer;
  return {
    import: begun.id, now: new Date(state.now).toISOString(), products: world.catalogue.products.length, profiles: demoCount, events, sent, rejected: end.rejected ?? 0, shoppers,
  };
}

/** What was begun goes on as it was begun; otherwise this is the beginning. */
function stateOf({ id, lastBatch = 0 }: ImportAnswer, { stateFile, seed, now, events, days, products, shoppers }: SeedOptions): SeedState {
  const fresh: SeedState = { import: id, seed, now, events, days, products, shoppers };
  if (lastBatch === 0) return fresh;
  const known = readSeedState(stateFile);
  if (known?.import === id) return known;
  throw new DomainError('FAILED_PRECONDITION', 'SEED_STATE_MISSING',
    `This shop was begun with another state file than ${stateFile}, and without it the same history cannot be made again: name that file with --state, or begin another import with --name.`);
}

async function sendProducts(client: GatewayClient, { catalogue }: World, onProgress: SeedOptions['onProgress']): Promise<void> {
  const { items } = catalogue;
  let done = 0;
  for (const batch of inBatches(items)) {
    const answer = (await client.send('POST', '/v1/items:batch', { body: { items: batch } })) as { rejected?: readonly { readonly index: number; readonly detail?: string }[] };
    const [rejected] = answer.rejected ?? [];
    if (rejected !== undefined) throw new DomainError('INVALID_ARGUMENT', 'PRODUCT_REJECTED', `The gateway refused ${batch[rejected.index]?.id}: ${rejected.detail ?? 'no reason given'}`);
    done += batch.length;
    onProgress('products', done, items.length);
  }
}

/** Only what a shop would know of anybody: nothing of a shopper's taste. */
async function sendProfiles(client: GatewayClient, { shoppers }: World, onProgress: SeedOptions['onProgress']): Promise<void> {
  let done = 0;
  for (const { userId, city, ageBand } of shoppers.slice(0, demoCount)) {
    if (userId !== undefined) await client.send('PUT', `/v1/users/${userId}`, { body: { attributes: { city, ageBand } } });
    done += 1;
    onProgress('shoppers', done, demoCount);
  }
}

interface HistorySending {
  readonly importId: string;
  readonly lastBatch: number;
  readonly history: History;
  readonly total: number;
  readonly onProgress: SeedOptions['onProgress'];
}

/** Sends the batches that are missing, some at a time; the gateway applies them in order. */
async function sendHistory(client: GatewayClient, { importId, lastBatch, history, total, onProgress }: HistorySending): Promise<{ events: number; sent: number }> {
  let events = 0;
  let sent = 0;
  const batches = numbered(inBatches(history.events()));
  const worker = async (): Promise<void> => {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const { n, batch } = next.value;
      events += batch.length;
      if (n > lastBatch) {
        await client.send('PUT', `/v1/imports/${importId}/batches/${n}`, { body: { events: batch }, retryReasons: ['IMPORT_BATCH_AHEAD'] });
        sent += batch.length;
      }
      onProgress('events', events, Math.max(total, events));
    }
  };
  await Promise.all(Array.from({ length: batchesInFlight }, worker));
  onProgress('events', events, events);
  return { events, sent };
}

function* numbered(batches: Iterable<readonly ShopEvent[]>): Generator<{ readonly n: number; readonly batch: readonly ShopEvent[] }, undefined> {
  let n = 0;
  for (const batch of batches) yield { n: (n += 1), batch };
  return undefined;
}
