import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MemoryStateStore, MessageDocuments } from '@serendip/features-adapters';
import { WriteBehindStateStore, readStates } from '@serendip/features-domain';
import { PARTITIONS, anonymousEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import { Registry } from 'prom-client';
import { Ingestion, event, identify, logger, until, write } from './feature-store.fixture.js';
import { FeatureStoreMetrics } from './feature-store.metrics.js';
import { LogFollower } from './log-follower.service.js';
import { OutboxSender } from './outbox-sender.js';

describe('what partitions send to each other', () => {
  let log: InMemoryEventLog;
  let ingestion: Ingestion;
  const followers: { follower: LogFollower; sender: OutboxSender }[] = [];

  beforeEach(() => {
    log = new InMemoryEventLog();
    ingestion = new Ingestion(log);
  });
  afterEach(async () => {
    for (const { follower, sender } of followers.splice(0)) {
      await follower.stop();
      await sender.stop();
    }
    await log.close();
  });

  async function follow(store: WriteBehindStateStore): Promise<void> {
    const metrics = new FeatureStoreMetrics(new Registry());
    const sender = new OutboxSender({ store, ingestion, logger, metrics, owns: () => true, firstEnd: () => 0 });
    const follower = new LogFollower({ log, store, documents: new MessageDocuments(), logger, metrics, dedupe: true, sender, poison: { add: () => undefined }, ownership: undefined, statisticsEveryMs: 20 });
    followers.push({ follower, sender });
    await follower.start();
  }

  const clicksOf = async (store: WriteBehindStateStore, entity: string): Promise<number> => {
    const [{ record } = {}] = await readStates(store.reader, [{ tenant: 't', entity }]);
    return new UserStateView(record ?? new Uint8Array(0)).interactions;
  };

  async function sizeOfLog(): Promise<number> {
    const all = await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => log.read(partition, 0, 1000)));
    return all.flat().length;
  }

  it('brings a visitor\'s state, and what the visitor does later, to the user, once', async () => {
    const store = new WriteBehindStateStore(new MemoryStateStore());
    await write(log, event({ anonymousId: 'visitor', eventId: '1' }), identify('visitor', 'ann'), event({ anonymousId: 'visitor', eventId: '2' }));
    await follow(store);
    await until(async () => await clicksOf(store, userEntity('ann')) === 2);
    await write(log, event({ anonymousId: 'visitor', eventId: '3' }), identify('visitor', 'ann'), event({ anonymousId: 'visitor', eventId: '1' }));
    await until(async () => await clicksOf(store, userEntity('ann')) === 3);
    expect(await clicksOf(store, anonymousEntity('visitor'))).toBe(3);
  });

  it('counts once though ingestion fails before and after it has written', async () => {
    const store = new WriteBehindStateStore(new MemoryStateStore());
    await follow(store);
    for (const fails of ['before', 'after'] as const) {
      ingestion.fails = fails;
      const calls = ingestion.calls;
      await write(log, event({ anonymousId: 'visitor', eventId: fails }), identify('visitor', 'ann'));
      await until(async () => ingestion.calls > calls);
    }
    ingestion.fails = 'never';
    await until(async () => await clicksOf(store, userEntity('ann')) === 2);
    await until(async () => (await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => store.outbox.pending(partition, 1)))).flat().length === 0);
    expect(await clicksOf(store, userEntity('ann'))).toBe(2);
  });

  it('writes nothing when the state is made again from the log', async () => {
    const store = new WriteBehindStateStore(new MemoryStateStore());
    await write(log, event({ anonymousId: 'visitor', eventId: '1' }), identify('visitor', 'ann'), event({ anonymousId: 'visitor', eventId: '2' }));
    await follow(store);
    await until(async () => await clicksOf(store, userEntity('ann')) === 2);
    const [before, calls] = [await sizeOfLog(), ingestion.calls];
    const rebuilt = new WriteBehindStateStore(new MemoryStateStore());
    await follow(rebuilt);
    await until(async () => await clicksOf(rebuilt, userEntity('ann')) === 2 && (await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => rebuilt.outbox.pending(partition, 1)))).flat().length === 0);
    expect([await sizeOfLog(), ingestion.calls]).toEqual([before, calls]);
    expect(await rebuilt.reader.users([{ tenant: 't', entity: userEntity('ann') }])).toEqual(await store.reader.users([{ tenant: 't', entity: userEntity('ann') }]));
  });

  it('is not sent to a partition that has not applied what the log had, though it is not applied here', async () => {
    await write(log, event({ anonymousId: 'visitor', eventId: '1' }), identify('visitor', 'ann'));
    const store = new WriteBehindStateStore(new MemoryStateStore());
    const metrics = new FeatureStoreMetrics(new Registry());
    const target = partitionOf('t', userEntity('ann'));
    let firstEnd = 1000;
    const sender = new OutboxSender({ store, ingestion, logger, metrics, owns: () => true, firstEnd: (partition) => (partition === target ? firstEnd : 0) });
    const follower = new LogFollower({ log, store, documents: new MessageDocuments(), logger, metrics, dedupe: true, sender, poison: { add: () => undefined }, ownership: undefined, statisticsEveryMs: 20 });
    followers.push({ follower, sender });
    await follower.start();
    await until(async () => (await store.outbox.pending(partitionOf('t', anonymousEntity('visitor')), 10)).length > 0);
    const before = await sizeOfLog();
    await sender.idle();
    expect(await sizeOfLog()).toBe(before);
    firstEnd = 0;
    await until(async () => (await sizeOfLog()) > before);
  });
});
