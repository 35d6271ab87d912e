import { describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MessageDocuments } from '@serendip/features-adapters';
import { MemoryStateStore } from '@serendip/features-domain';
import type { events } from '@serendip/shared-contracts';
import { PARTITIONS, partitionOf, userEntity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import { Fixture, event, itemChange, logger, write } from '../feature-store.fixture.js';
import { GenerationBuilder } from './generation-builder.js';
import { Rebuilds } from './rebuilds.js';

const erase = (userId: string): events.Event => event({ type: '$erase', userId, items: [], payload: { case: 'erase', value: {} } });

function builderOn(log: InMemoryEventLog, onProgress = (_applied: number, _total: number): void => undefined) {
  const store = new MemoryStateStore();
  return { store, builder: new GenerationBuilder({ log, store, documents: new MessageDocuments(), logger, dedupe: true, onProgress }) };
}

async function interactionsOf(store: MemoryStateStore, userId: string): Promise<number | undefined> {
  const [record] = await store.reader.users([{ tenant: 't', entity: userEntity(userId) }]);
  return record && new UserStateView(record).interactions;
}

async function counted(store: MemoryStateStore): Promise<number> {
  let rows = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) for await (const _ of store.reader.statistics(partition)) rows++;
  return rows;
}

describe('a generation that is made from the log', () => {
  it('has what the live state has', async () => {
    const log = new InMemoryEventLog();
    const live = new MemoryStateStore();
    const fixture = await Fixture.start(log, live);
    await fixture.apply(itemChange('a'), event({ userId: 'ann', eventId: '1' }), event({ userId: 'ann', eventId: '1' }), event({ userId: 'bob', eventId: '2' }));
    const ends = await log.ends();
    await fixture.close();
    const { store, builder } = builderOn(log);
    await builder.load();
    expect(await builder.applyTo(ends)).toEqual(ends);
    const key = { tenant: 't', entity: userEntity('ann') };
    expect(await store.reader.users([key])).toEqual(await live.reader.users([key]));
    await write(log, event({ userId: 'ann', eventId: '3' }));
    await builder.catchUp();
    expect(await interactionsOf(store, 'ann')).toBe(2);
  });

  it('counts nobody who was erased, nor stumbles over a record that is none', async () => {
    const log = new InMemoryEventLog();
    await write(log, event({ userId: 'ann', eventId: '1' }), event({ userId: 'bob', eventId: '2', items: [{ itemId: 'b' }] }), erase('ann'), event({ userId: 'ann', eventId: '3', items: [{ itemId: 'b' }] }));
    await log.append([{ partition: partitionOf('t', userEntity('bob')), bytes: Uint8Array.of(255) }]);
    const progress: [number, number][] = [];
    const { store, builder } = builderOn(log, (applied, total) => progress.push([applied, total]));
    await builder.load();
    await builder.catchUp();
    expect([await interactionsOf(store, 'ann'), await interactionsOf(store, 'bob')]).toEqual([1, 1]);
    // Item b in the partitions of both; nothing of item a.
    expect(await counted(store)).toBe(new Set(['ann', 'bob'].map((id) => partitionOf('t', userEntity(id)))).size);
    expect(progress.at(-1)).toEqual([5, 5]);
  });

  it('is asked for in vain where the engine has no generations', async () => {
    const rebuilds = new Rebuilds({ beside: undefined, logger, store: undefined as never, whilePaused: async () => undefined, cursors: () => [], onSwitch: () => undefined });
    await expect(rebuilds.start()).rejects.toEqual(expect.objectContaining({ code: 'FAILED_PRECONDITION', reason: 'REBUILD_UNSUPPORTED' }));
    expect(await rebuilds.state()).toBeUndefined();
  });

});
