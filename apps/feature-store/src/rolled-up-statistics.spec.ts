import { afterEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { PARTITIONS } from '@serendip/shared-identity';
import { statisticColumn } from '@serendip/shared-layouts';
import { FailingOverStore, Fixture, event, until } from './feature-store.fixture.js';

const TOTAL = statisticColumn('engagement_total');
const PEOPLE = Array.from({ length: 150 }, (_, n) => `user-${n}`);
const clicks = (round: string, people = PEOPLE) => people.map((userId) => event({ userId, eventId: `${round} ${userId}` }));

let fixture: Fixture;
afterEach(() => fixture.close());

/** Engagement with the only item. */
const total = async (): Promise<number> => (await fixture.follower.openStatistics()).changedSince('t', 0, 10).rows[0]!.row[TOTAL]!;

async function isWritten(store: FailingOverStore): Promise<boolean> {
  const ends = await fixture.log.ends();
  const cursors = await Promise.all(Array.from({ length: PARTITIONS }, async (_, partition) => (await store.partitions.head(partition)).cursor));
  return cursors.every((cursor, partition) => cursor === ends[partition]);
}

/** A store whose replica takes over without the second of two rounds of clicks, and what one round counts. */
async function failedOver(): Promise<{ readonly store: FailingOverStore; readonly once: number }> {
  const store = new FailingOverStore();
  fixture = await Fixture.start(new InMemoryEventLog(), store);
  await fixture.apply(...clicks('kept'));
  const once = await total();
  await until(() => isWritten(store));
  store.isReplicating = false;
  await fixture.apply(...clicks('lost'));
  await until(() => isWritten(store));
  store.failOver();
  return { store, once };
}

describe('statistics over all partitions', () => {
  it('count once what the store has lost in a failover and is applied again', async () => {
    const { store, once } = await failedOver();
    await fixture.apply(...clicks('after it'));
    await until(() => isWritten(store));
    await until(async () => await total() === 3 * once);
    await fixture.apply(...clicks('later', ['user-1']));
    expect(await total()).toBeCloseTo(3 * once + once / PEOPLE.length);
  }, 30_000);

  it('count it, and the store has it again, though nothing comes after it', async () => {
    const { store, once } = await failedOver();
    await until(() => isWritten(store));
    await until(async () => await total() === 2 * once);
  }, 30_000);
});
