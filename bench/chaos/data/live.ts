/** The state as the feature store serves it to everybody. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ITEM_STATISTICS, ITEM_STATISTICS_WIDTH, UserStateView, eventTypeName, float64sOf, int32sOf } from '@serendip/shared-layouts';
import type { FeatureStore } from '../../shared/filling.ts';
import type { Counter, State, Statistics } from './replay.ts';

const tenant = 'default';
const AT_ONCE = 200;
const QUIET_MS = 2000;
const STUCK_MS = 120_000;

/**
 * Waits until everything in the log is applied, and has been for a while: partitions send each other events. Answers what is not, in words, after two
 * minutes in which less was never left.
 */
export async function settled(store: FeatureStore): Promise<string | undefined> {
  let [quietSince, before, behind] = [performance.now(), '', 'the feature store does not answer'];
  let [least, leastSince] = [Infinity, performance.now()];
  while (performance.now() - leastSince < STUCK_MS) {
    const { partitions } = await store.getProgress({}).catch(() => ({ partitions: [] }));
    const ends = partitions.map(({ logEnd }) => logEnd).join();
    const late = partitions.filter(({ cursor, logEnd }) => cursor < logEnd);
    const left = late.reduce((sum, { lagRecords }) => sum + lagRecords, 0);
    if (partitions.length > 0) behind = `${late.length} partitions are behind by ${left} records: ${late.map(({ partition, owner }) => `${partition} of ${owner}`).join(', ')}`;
    if (partitions.length > 0 && left < least) [least, leastSince] = [left, performance.now()];
    if (partitions.length === 0 || late.length > 0 || ends !== before) [quietSince, before] = [performance.now(), ends];
    else if (performance.now() - quietSince > QUIET_MS) return undefined;
    await sleep(50);
  }
  return behind;
}

async function countersOf(store: FeatureStore, names: readonly string[]): Promise<Map<string, ReadonlyMap<string, Counter>>> {
  const users = new Map<string, ReadonlyMap<string, Counter>>();
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE);
    const { results } = await store.readUserStates({ requests: some.map((userId) => ({ tenant, userId })) });
    results.forEach(({ record }, i) => {
      const view = new UserStateView(record);
      users.set(some[i]!, new Map(Array.from({ length: view.counters }, (_, at) => [
        eventTypeName(view.counterType(at)), { total: view.counterTotal(at), logs: [0, 1, 2].map((halfLife) => view.counterLog(at, halfLife)) },
      ])));
    });
  }
  return users;
}

async function namesByOrdinal(store: FeatureStore): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  let pageToken = '';
  do {
    const page = await store.listItems({ tenant, pageSize: 500, pageToken });
    for (const { ordinal, item } of page.entries) names.set(ordinal, item!.id);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return names;
}

async function statisticsOf(store: FeatureStore): Promise<Map<string, Statistics>> {
  const names = await namesByOrdinal(store);
  const items = new Map<string, Statistics>();
  for await (const { ordinals, statistics, caughtUp } of store.watchItemStatistics({ tenant }, {})) {
    const values = float64sOf(statistics);
    int32sOf(ordinals).forEach((ordinal, row) => {
      items.set(names.get(ordinal)!, Object.fromEntries(ITEM_STATISTICS.map(({ name }, column) => [name, values[row * ITEM_STATISTICS_WIDTH + column]!])));
    });
    if (caughtUp) break;
  }
  return items;
}

/** Counters of these users, and statistics of every item. */
export async function liveState(store: FeatureStore, users: readonly string[]): Promise<State> {
  return { users: await countersOf(store, users), items: await statisticsOf(store) };
}
