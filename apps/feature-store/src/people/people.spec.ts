import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MemoryStateStore } from '@serendip/features-domain';
import { events, features } from '@serendip/shared-contracts';
import { PARTITIONS, anonymousEntity, userEntity } from '@serendip/shared-identity';
import { Fixture, event, identify, itemChange, write } from '../feature-store.fixture.js';

const user = (userId: string) => ({ tenant: 't', userId });
const visitor = (anonymousId: string) => ({ tenant: 't', anonymousId });
const profile = (userId: string): events.Event => event({ type: '$user', userId, items: [], payload: { case: 'userChange', value: { kind: events.ChangeKind.PUT, user: { id: userId, attributes: { city: { value: { case: 'text', value: 'Oslo' } } } } } } });

let log: InMemoryEventLog;
let store: MemoryStateStore;
let fixture: Fixture;
beforeEach(async () => {
  log = new InMemoryEventLog();
  store = new MemoryStateStore();
  fixture = await Fixture.start(log, store);
});
afterEach(() => fixture.close());

async function exported(key: { readonly tenant: string; readonly userId?: string; readonly anonymousId?: string }) {
  const parts: features.ExportPersonResponse[] = [];
  for await (const part of fixture.people.exportPerson({ user: key })) parts.push(part);
  return {
    person: parts.flatMap(({ part }) => (part.case === 'person' ? [part.value] : []))[0]!,
    events: parts.flatMap(({ part }) => (part.case === 'events' ? part.value.events : [])),
  };
}

/** Ann looks around under two ids, signs in, and goes on; Bob is there too. */
async function annAndBob(): Promise<void> {
  await fixture.apply(
    itemChange('a'), event({ anonymousId: 'v1', eventId: '1' }), event({ anonymousId: 'v2', eventId: '2' }), profile('ann'), event({ userId: 'ann', eventId: '3' }),
    identify('v1', 'ann'), identify('v2', 'ann'), event({ anonymousId: 'v1', eventId: '4' }), event({ userId: 'bob', eventId: '5' }),
  );
  await fixture.people.exportPerson({ user: user('bob') });
}

/** What is written of everybody: Ann, Bob, then the visitors. */
async function written(): Promise<readonly (Uint8Array | undefined)[]> {
  await fixture.close();
  return store.reader.users(['ann', 'bob'].map(userEntity).concat(['v1', 'v2'].map(anonymousEntity)).map((entity) => ({ tenant: 't', entity })));
}

describe('ErasePerson', () => {
  it('removes a user and every visitor that had become it, and nobody else', async () => {
    await annAndBob();
    const { erased } = await fixture.people.erasePerson({ user: user('ann') });
    expect(erased.map(({ userId, anonymousId }) => userId + anonymousId)).toEqual(['v1', 'v2', 'ann']);
    expect(erased.map(({ state, interactions, profile: hadProfile }) => [state, interactions, hadProfile])).toEqual([[true, 0, false], [true, 0, false], [true, 4, true]]);
    // Visitors: their clicks and who they are; the user: profile, own click, two merges, a forwarded click.
    expect(erased.map(({ logRecords }) => logRecords)).toEqual([3, 2, 5]);
    const [ann, bob, v1, v2] = await written();
    expect([ann, v1, v2]).toEqual([undefined, undefined, undefined]);
    expect(bob).toBeDefined();
  });

  it('is asked for by a visitor as well', async () => {
    await annAndBob();
    expect((await fixture.people.erasePerson({ user: visitor('v2') })).erased).toHaveLength(3);
    await fixture.apply(event({ anonymousId: 'stranger' }));
    expect((await fixture.people.erasePerson({ user: visitor('stranger') })).erased).toMatchObject([{ userId: '', anonymousId: 'stranger', interactions: 1, logRecords: 1 }]);
    expect(await store.reader.users([{ tenant: 't', entity: anonymousEntity('stranger') }])).toEqual([undefined]);
  });

  it('waits for a visitor that is becoming the user', async () => {
    fixture.ingestion.fails = 'before';
    await fixture.apply(event({ anonymousId: 'v1' }), identify('v1', 'ann'));
    const erasing = fixture.people.erasePerson({ user: user('ann') });
    setTimeout(() => { fixture.ingestion.fails = 'never'; }, 50);
    expect((await erasing).erased.map(({ anonymousId }) => anonymousId)).toEqual(['v1', '']);
    const [ann, , v1] = await written();
    expect([ann, v1]).toEqual([undefined, undefined]);
  });

  it('says that it could not, when what a visitor had does not arrive', async () => {
    fixture.ingestion.fails = 'before';
    await fixture.apply(event({ anonymousId: 'v1' }), identify('v1', 'ann'));
    await expect(fixture.people.erasePerson({ user: user('ann') }, { timeoutMs: 600 })).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'STATE_BEHIND' });
    fixture.ingestion.fails = 'never';
  });

  it('lets the person begin anew, and finds nothing of before the second time', async () => {
    await annAndBob();
    await fixture.people.erasePerson({ user: user('ann') });
    await fixture.apply(event({ anonymousId: 'v1', eventId: 'new' }));
    expect((await exported(visitor('v1'))).person).toMatchObject({ userId: '', anonymousIds: ['v1'], state: { interactions: [{ type: 'click', itemId: 'a' }] } });
    expect((await fixture.people.erasePerson({ user: user('ann') })).erased).toMatchObject([{ userId: 'ann', state: false, interactions: 0, logRecords: 0 }]);
  });

  it('is not undone when state is made again from the log, which forwards nothing of it', async () => {
    await annAndBob();
    await fixture.people.erasePerson({ user: user('ann') });
    await fixture.caughtUp();
    const ends = await log.ends();
    await fixture.close();
    store = new MemoryStateStore();
    fixture = await Fixture.start(log, store);
    await fixture.caughtUp();
    const [ann, bob, v1, v2] = await written();
    expect([ann, v1, v2]).toEqual([undefined, undefined, undefined]);
    expect(bob).toBeDefined();
    expect(await log.ends()).toEqual(ends);
    // Item statistics have lost what the person did: Bob's click is left.
    const counted: number[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) for await (const { row } of store.reader.statistics(partition)) counted.push(row[0]!);
    expect(counted).toHaveLength(1);
  });
});

describe('ExportPerson', () => {
  it('has state with ids, profile, visitors and every event that the log has of them', async () => {
    await annAndBob();
    await write(log, event({ userId: 'annabel', eventId: '9' }));
    await fixture.caughtUp();
    const { person, events: all } = await exported(user('ann'));
    expect(person).toMatchObject({ userId: 'ann', anonymousIds: expect.arrayContaining(['v1', 'v2']), profile: { attributes: { city: { value: { value: 'Oslo' } } } } });
    expect(person.state).toMatchObject({ counters: [{ type: 'click', total: 4 }], seen: [{ itemId: 'a', types: ['click'] }] });
    expect(all.map(({ type }) => type).sort()).toEqual(['$identify', '$identify', '$merge', '$merge', '$user', 'click', 'click', 'click', 'click', 'click']);
    expect(all.every(({ userId, anonymousId }) => ['ann', 'v1', 'v2'].includes(userId + anonymousId))).toBe(true);
  });

  it('of somebody unknown is empty, and one that names nobody is refused', async () => {
    const { person, events: none } = await exported(user('nobody'));
    expect([person.userId, person.anonymousIds, person.state, person.profile, none]).toEqual(['nobody', [], undefined, undefined, []]);
    await expect(exported({ tenant: 't' })).rejects.toMatchObject({ reason: 'USER_KEY_INVALID' });
  });
});
