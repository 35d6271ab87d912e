import { describe, expect, it } from '@jest/globals';
import { anonymousEntity, userEntity } from '@serendip/shared-identity';
import { UserStateView, eventTypeCode } from '@serendip/shared-layouts';
import { MemoryStateStore } from './memory-state-store.js';
import type { PositionedEvent, StateEvent } from './state-event.js';
import type { StateStore } from './state-store.js';
import { PARTITION, TENANT, USERS, VISITORS, aProfileChange, aStateEvent, applyLog, dumpState, logOf } from './testing/index.js';
import { visitorsKey, visitorsOf } from './visitors.js';

const [ANN, BOB] = USERS as [string, string];
const [VISITOR] = VISITORS as [string];
const NOTHING = { users: [], statistics: [], items: [], events: [], imports: [] };

const ofVisitor = { userId: '', anonymousId: VISITOR };
const erase = (who: Partial<StateEvent> = {}, anonymousIds: readonly string[] = []): StateEvent =>
  aStateEvent({ type: '$erase', items: [], payload: { case: 'erase', value: { anonymousIds } }, ...who });
const identify = aStateEvent({ ...ofVisitor, type: '$identify', items: [], payload: { case: 'identify', value: { userId: ANN } } });
const merge = (anonymousId: string, position: number): StateEvent =>
  aStateEvent({ type: '$merge', items: [], cause: { partition: 9, position }, payload: { case: 'merge', value: { anonymousId, state: new Uint8Array(0) } } });

async function applied(log: readonly PositionedEvent[]): Promise<MemoryStateStore> {
  const store = new MemoryStateStore();
  await applyLog(store, log);
  return store;
}

async function recordOf(store: StateStore, entity: string): Promise<Uint8Array | undefined> {
  return (await store.reader.users([{ tenant: TENANT, entity }]))[0];
}

async function visitorsOfAnn(store: StateStore): Promise<readonly string[]> {
  const { users: [record] } = await store.partitions.find(PARTITION, { ...NOTHING, users: [visitorsKey(TENANT, ANN)] });
  return visitorsOf(record);
}

describe('erasing a person', () => {
  it('removes what was known of them, profile included, and of nobody else', async () => {
    const others = [aStateEvent({ userId: BOB }), aStateEvent({ userId: BOB, type: 'view' })];
    const store = await applied(logOf([others[0]!, aStateEvent(), aProfileChange({ kind: 'put', fields: { city: 'Oslo' } }), erase(), others[1]!]));
    expect(await recordOf(store, userEntity(ANN))).toBeUndefined();
    const alone = await applied([{ position: 1, event: others[0]! }, { position: 5, event: others[1]! }]);
    expect(await recordOf(store, userEntity(BOB))).toEqual(await recordOf(alone, userEntity(BOB)));
  });

  it('lets them begin anew', async () => {
    const store = await applied(logOf([aStateEvent({ type: 'purchase' }), erase(), aStateEvent({ type: 'view' })]));
    const state = new UserStateView((await recordOf(store, userEntity(ANN)))!);
    expect([state.interactions, state.counters, state.counterType(0), state.profile.length]).toEqual([1, 1, eventTypeCode('view'), 0]);
  });

  it('makes a visitor who had become a user a stranger', async () => {
    const store = await applied(logOf([aStateEvent(ofVisitor), identify, erase(ofVisitor), aStateEvent(ofVisitor)]));
    expect(new UserStateView((await recordOf(store, anonymousEntity(VISITOR)))!).interactions).toBe(1);
    // Nothing is sent for the user but what was theirs before.
    expect(await store.outbox.pending(PARTITION, 10)).toHaveLength(1);
  });

  it('takes from a user the visitors that were erased with it, and no others', async () => {
    const log = [merge('v-1', 1), merge('v-2', 2), merge('v-1', 3)];
    expect(await visitorsOfAnn(await applied(logOf(log)))).toEqual(['v-1', 'v-2']);
    expect(await visitorsOfAnn(await applied(logOf([...log, erase({}, ['v-1', 'v-3'])])))).toEqual(['v-2']);
    expect(await visitorsOfAnn(await applied(logOf([...log, erase({}, ['v-1', 'v-2'])])))).toEqual([]);
  });

  it('tells the user of a visitor who had done nothing yet', async () => {
    const store = await applied(logOf([identify]));
    expect(await store.outbox.pending(PARTITION, 10)).toHaveLength(1);
  });
});

describe('an event that a later erasure covers', () => {
  it('changes nothing but is known for a repeat, as it was when it was applied', async () => {
    const log = logOf([aStateEvent({ eventId: '1' }), merge('v-1', 1), aStateEvent({ userId: BOB, eventId: '2' }), erase({}, ['v-1']), aStateEvent({ eventId: '1' }), merge('v-1', 1)]);
    const covered = log.map((entry, i) => (i < 2 ? { ...entry, isErased: true } : entry));
    const live = await dumpState(await applied(log)) as { statistics: unknown[] };
    const rebuilt = await dumpState(await applied(covered)) as { statistics: unknown[] };
    // Item statistics alone lose the person, at the next rebuild.
    expect({ ...rebuilt, statistics: [] }).toEqual({ ...live, statistics: [] });
    expect(rebuilt.statistics).toEqual((await dumpState(await applied(log.slice(2, 4))) as { statistics: unknown[] }).statistics);
  });
});
