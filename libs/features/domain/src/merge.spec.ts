import { describe, expect, it } from '@jest/globals';
import { anonymousEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import { UserStateView, combineStatistics, emptyStatistics } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { MemoryStateStore } from './memory-state-store.js';
import { causeKey } from './outbox.js';
import { PartitionApplier } from './partition-applier.js';
import { readStates } from './read-states.js';
import type { PositionedEvent, StateEvent } from './state-event.js';
import { JsonDocuments, SOME_HOUR_MS, TENANT, aStateEvent, allStatistics, sentEvent } from './testing/index.js';

const VISITORS = ['v-1', 'v-2', 'v-3'];
const PEOPLE = ['ann', 'bob'];
const ITEM_IDS = ['a', 'b', 'c', 'd'];
const MINUTE = 60_000;

const partitionOfEvent = ({ userId, anonymousId }: StateEvent): number => partitionOf(TENANT, userId === '' ? anonymousEntity(anonymousId) : userEntity(userId));

/** Partitions with their logs: what one sends to another is appended to that one's log, sometimes again and again. */
class Platform {
  readonly logs = new Map<number, PositionedEvent[]>();
  readonly store = new MemoryStateStore();

  append(event: StateEvent): void {
    const partition = partitionOfEvent(event);
    const log = this.logs.get(partition) ?? [];
    this.logs.set(partition, log);
    log.push({ position: log.length + 1, event });
  }

  /** Applies up to `size` records of a partition; a processor that dies does so before or after its commit. */
  async apply(partition: number, size: number, dies = 'never'): Promise<number> {
    const { cursor } = await this.store.partitions.head(partition);
    const batch = (this.logs.get(partition) ?? []).filter(({ position }) => position >= cursor).slice(0, size);
    if (batch.length === 0) return 0;
    const applier = new PartitionApplier(partition, { store: this.store.partitions, documents: new JsonDocuments() });
    const processed = await applier.prepare(batch, batch.at(-1)!.position + 1);
    if (dies !== 'before') await applier.commit(cursor, processed);
    return batch.length;
  }

  /** Sends what a partition has for others; a sender that dies does not know that it has. */
  async send(partition: number, size: number, dies = false): Promise<number> {
    const batch = await this.store.outbox.pending(partition, size);
    for (const { bytes } of batch) this.append(sentEvent(bytes));
    if (!dies && batch.length > 0) await this.store.outbox.sent(partition, batch.at(-1)!.position);
    return batch.length;
  }

  async settle(): Promise<void> {
    for (let moved = 1; moved > 0;) {
      moved = 0;
      // Everything is sent twice.
      for (const partition of this.logs.keys()) moved += await this.apply(partition, 1000) + await this.send(partition, 1000, true) + await this.send(partition, 1000);
    }
  }

  async record(entity: string): Promise<Uint8Array | undefined> {
    return (await this.store.reader.users([{ tenant: TENANT, entity }]))[0];
  }

  async state(entity: string): Promise<UserStateView> {
    const [{ record } = {}] = await readStates(this.store.reader, [{ tenant: TENANT, entity }]);
    return new UserStateView(record ?? new Uint8Array(0));
  }

  /** Statistics of each item over all partitions, to as many digits as addition keeps. */
  async statistics(): Promise<Record<number, string[]>> {
    const sums = new Map<number, Float64Array>();
    for (const { key, row } of await allStatistics(this.store.reader)) {
      const sum = sums.get(key.lo) ?? emptyStatistics();
      combineStatistics(sum, 0, row, 0);
      sums.set(key.lo, sum);
    }
    return Object.fromEntries([...sums].map(([item, row]) => [item, Array.from(row, (value) => value.toFixed(6))]));
  }
}

const identify = (anonymousId: string, userId: string): StateEvent =>
  aStateEvent({ type: '$identify', userId: '', anonymousId, items: [], payload: { case: 'identify', value: { userId } } });

/** What does not hang on the order of arrival; decayed sums to as many digits as addition keeps. */
function contents(state: UserStateView): unknown {
  return {
    ring: Array.from({ length: state.interactions }, (_, i) => [state.timeMs(i), state.itemLo(i), state.type(i), state.value(i)]),
    counters: Array.from({ length: state.counters }, (_, i) => [state.counterType(i), state.counterTotal(i), ...[0, 1, 2].map((h) => state.counterLog(i, h).toFixed(9))]),
    seen: Array.from({ length: state.seen }, (_, i) => [state.seenLo(i), state.seenHi(i), state.seenMask(i)]),
    times: [state.firstTimeMs, state.lastTimeMs],
  };
}

const act = fc.record({ what: fc.constant('act' as const), who: fc.constantFrom(...VISITORS, ...PEOPLE), item: fc.constantFrom(...ITEM_IDS), type: fc.constantFrom('view', 'click', 'purchase') });
const merge = fc.record({ what: fc.constant('merge' as const), visitor: fc.constantFrom(...VISITORS), user: fc.constantFrom(...PEOPLE) });
const run = fc.record({ what: fc.constant('run' as const), whose: fc.constantFrom(...VISITORS, ...PEOPLE), size: fc.integer({ min: 1, max: 5 }), dies: fc.constantFrom('never', 'before', 'after') });
const send = fc.record({ what: fc.constant('send' as const), whose: fc.constantFrom(...VISITORS), size: fc.integer({ min: 1, max: 5 }), dies: fc.boolean() });
const scripts = fc.array(fc.oneof({ weight: 6, arbitrary: act }, { weight: 1, arbitrary: merge }, { weight: 3, arbitrary: run }, { weight: 3, arbitrary: send }), { maxLength: 60 });

const entityOf = (who: string) => (VISITORS.includes(who) ? anonymousEntity(who) : userEntity(who));
const homeOf = (who: string): number => partitionOf(TENANT, entityOf(who));

describe('merging an anonymous visitor into a user', () => {
  it('leaves what there would be had the user done everything, whatever dies and is sent again', async () => {
    await fc.assert(fc.asyncProperty(scripts, async (script) => {
      const platform = new Platform();
      const known = new Platform();
      const userOf = new Map<string, string>();
      for (const step of script) if (step.what === 'merge' && !userOf.has(step.visitor)) userOf.set(step.visitor, step.user);
      for (const [i, step] of script.entries()) {
        if (step.what === 'merge') platform.append(identify(step.visitor, step.user));
        else if (step.what === 'run') await platform.apply(homeOf(step.whose), step.size, step.dies);
        else if (step.what === 'send') await platform.send(homeOf(step.whose), step.size, step.dies);
        else {
          const fields = { eventId: `e${i}`, type: step.type, items: [{ itemId: step.item }], eventTimeMs: SOME_HOUR_MS + i * MINUTE, receivedAtMs: SOME_HOUR_MS };
          const named = (who: string) => (VISITORS.includes(who) ? { userId: '', anonymousId: who } : { userId: who, anonymousId: '' });
          platform.append(aStateEvent({ ...fields, ...named(step.who) }));
          known.append(aStateEvent({ ...fields, ...named(userOf.get(step.who) ?? step.who) }));
        }
      }
      await platform.settle();
      await known.settle();
      for (const who of [...PEOPLE, ...VISITORS]) {
        const expected = await known.state(entityOf(userOf.get(who) ?? who));
        expect(contents(await platform.state(entityOf(who)))).toEqual(contents(expected));
      }
      expect(await platform.statistics()).toEqual(await known.statistics());
    }), { numRuns: 150 });
  }, 60_000);

  it('is the same, byte for byte, when every log is replayed, and nothing is sent that is there', async () => {
    await fc.assert(fc.asyncProperty(scripts, async (script) => {
      const platform = new Platform();
      for (const [i, step] of script.entries()) {
        if (step.what === 'merge') platform.append(identify(step.visitor, step.user));
        else if (step.what === 'act') platform.append(aStateEvent({ eventId: `e${i}`, ...(VISITORS.includes(step.who) ? { userId: '', anonymousId: step.who } : { userId: step.who }), eventTimeMs: SOME_HOUR_MS + i }));
        else if (step.what === 'run') await platform.apply(homeOf(step.whose), step.size, step.dies);
        else await platform.send(homeOf(step.whose), step.size, step.dies);
      }
      await platform.settle();
      const again = new Platform();
      for (const [partition, log] of platform.logs) again.logs.set(partition, log);
      for (const partition of again.logs.keys()) await again.apply(partition, 10_000);
      for (const who of [...PEOPLE, ...VISITORS]) expect(await again.record(entityOf(who))).toEqual(await platform.record(entityOf(who)));
      for (const partition of again.logs.keys()) {
        for (const { bytes, position } of await again.store.outbox.pending(partition, 1000)) {
          const target = partitionOfEvent(sentEvent(bytes));
          const { imports: [order] } = await again.store.partitions.find(target, { users: [], statistics: [], items: [], events: [], imports: [causeKey(partition)] });
          expect(order?.batch).toBeGreaterThanOrEqual(position);
        }
      }
    }), { numRuns: 60 });
  }, 60_000);

  it('belongs to the first user that is named', async () => {
    const platform = new Platform();
    for (const event of [aStateEvent({ userId: '', anonymousId: 'v-1' }), identify('v-1', 'ann'), identify('v-1', 'bob'), aStateEvent({ userId: '', anonymousId: 'v-1', eventTimeMs: SOME_HOUR_MS + 1 })]) platform.append(event);
    await platform.settle();
    expect((await platform.state(userEntity('ann'))).interactions).toBe(2);
    expect((await platform.state(userEntity('bob'))).interactions).toBe(0);
    expect((await platform.state(anonymousEntity('v-1'))).interactions).toBe(2);
    const read = await readStates(platform.store.reader, [anonymousEntity('v-1'), anonymousEntity('v-2'), userEntity('ann')].map((entity) => ({ tenant: TENANT, entity })));
    expect(read.map(({ mergedInto }) => mergedInto)).toEqual(['ann', '', '']);
  });

  it('drops what a client sends again after the merge', async () => {
    const platform = new Platform();
    const click = aStateEvent({ eventId: 'once', userId: '', anonymousId: 'v-1' });
    for (const event of [click, identify('v-1', 'ann'), click]) platform.append(event);
    await platform.settle();
    expect((await platform.state(userEntity('ann'))).interactions).toBe(1);
  });

  it('keeps a visitor\'s session when the visitor was active last, and joins one that goes on', async () => {
    const platform = new Platform();
    platform.append(aStateEvent({ userId: 'ann', sessionId: 'old', eventTimeMs: SOME_HOUR_MS - 100 * MINUTE }));
    for (const minute of [0, 1]) platform.append(aStateEvent({ userId: '', anonymousId: 'v-1', sessionId: 's', eventTimeMs: SOME_HOUR_MS + minute * MINUTE }));
    platform.append(identify('v-1', 'ann'));
    await platform.settle();
    platform.append(aStateEvent({ userId: 'ann', sessionId: 's', eventTimeMs: SOME_HOUR_MS + 2 * MINUTE }));
    platform.append(aStateEvent({ userId: '', anonymousId: 'v-2', sessionId: 's', eventTimeMs: SOME_HOUR_MS - MINUTE }));
    platform.append(identify('v-2', 'ann'));
    await platform.settle();
    expect(await platform.state(userEntity('ann'))).toMatchObject({ sessionEvents: 4, sessionStartMs: SOME_HOUR_MS - MINUTE, interactions: 5 });
  });

  it('passes over a state that is none', async () => {
    const platform = new Platform();
    platform.append(aStateEvent({ type: '$merge', userId: 'ann', items: [], payload: { case: 'merge', value: { anonymousId: 'x', state: Uint8Array.of(1, 2) } } }));
    platform.append(aStateEvent({ userId: 'ann' }));
    await platform.settle();
    expect((await platform.state(userEntity('ann'))).interactions).toBe(1);
  });
});
