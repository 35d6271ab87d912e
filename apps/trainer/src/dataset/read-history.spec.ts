import { describe, expect, it } from '@jest/globals';
import { partitionOfEvent } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { profileAttribute } from '@serendip/shared-layouts';
import { readHistory } from './read-history.js';

const options = { withProfiles: false, onProgress: () => undefined };
const click = { type: 'click', items: [{ itemId: 'a' }] };
const item = { type: '$item', payload: { case: 'itemChange' as const, value: { kind: events.ChangeKind.PUT, item: { id: 'a' } } } };
const identify = (anonymousId: string, userId: string) => ({ type: '$identify', anonymousId, payload: { case: 'identify' as const, value: { userId } } });

const erase = (who: { readonly userId: string } | { readonly anonymousId: string }) => ({ type: '$erase', ...who, payload: { case: 'erase' as const, value: {} } });

const profile = (userId: string, kind: events.ChangeKind, tier?: number): MessageInitShape<typeof events.EventSchema> => ({
  type: '$user', userId, payload: { case: 'userChange', value: { kind, fields: ['tier'], user: { id: userId, ...(tier === undefined ? {} : { attributes: { tier: { value: { case: 'number', value: tier } } } }) } } },
});

async function logOf(...list: readonly MessageInitShape<typeof events.EventSchema>[]): Promise<InMemoryEventLog> {
  const log = new InMemoryEventLog();
  const all = list.map((fields, i) => create(events.EventSchema, { tenant: 't', eventTimeMs: i + 1, ...fields }));
  await log.append(all.map((event) => ({ partition: partitionOfEvent(event), bytes: toBinary(events.EventSchema, event) })));
  return log;
}

describe('the history in a log', () => {
  it('has nothing of what was erased, and what came after', async () => {
    const log = await logOf(
      item, { ...click, userId: 'bob' }, { ...click, userId: 'ann' }, { ...click, anonymousId: 'v1' }, identify('v1', 'ann'),
      erase({ anonymousId: 'v1' }), erase({ userId: 'ann' }), { ...click, userId: 'ann' }, { ...click, anonymousId: 'v1' },
    );
    const { user, timeMs } = await readHistory(log, 't', options);
    expect([...timeMs]).toEqual([2, 8, 9]);
    // The visitor is a stranger again.
    expect(new Set(user).size).toBe(3);
    await log.close();
  });

  it('has what profiles were and when, where they are wanted, and none of somebody who was erased', async () => {
    const { PUT, PATCH, DELETE } = events.ChangeKind;
    const log = await logOf(
      item, profile('ann', PUT, 1), profile('bob', PATCH, 5), { ...click, userId: 'ann' }, profile('ann', PATCH, 2), profile('ann', PATCH, 2), profile('bob', DELETE), profile('carol', PUT, 7), erase({ userId: 'carol' }),
      profile('', PUT, 9), { ...profile('ann', PUT, 3), tenant: 'other' }, profile('carol', PATCH, 8),
    );
    const { profiles, user } = await readHistory(log, 't', { ...options, withProfiles: true });
    expect(profiles.map((change) => [change.timeMs, profileAttribute(change.profile, 'tier')])).toEqual([[2, 1], [3, 5], [5, 2], [7, undefined], [12, 8]]);
    expect([profiles[0]!.user, profiles[2]!.user, new Set(profiles.map((change) => change.user)).size]).toEqual([user[0], user[0], 3]);
    expect((await readHistory(log, 't', options)).profiles).toEqual([]);
    await log.close();
  });

  it('knows a visitor for the user it turned out to be, and what was forwarded once', async () => {
    const log = await logOf(
      item, { ...click, userId: 'ann' }, { ...click, anonymousId: 'v1' }, { ...click, anonymousId: 'v2' }, { ...click, anonymousId: 'v3' }, { ...click, anonymousId: 'v4' },
      identify('v1', 'ann'), identify('v1', 'bob'), identify('v3', 'carol'), identify('v4', 'carol'), { ...click, anonymousId: 'v1' },
      { ...click, userId: 'ann', cause: { partition: 1, position: 2 } },
    );
    const { user } = await readHistory(log, 't', options);
    const [ann, first, stranger, carol, carolToo, later] = user;
    expect(user).toHaveLength(6);
    expect([first, later]).toEqual([ann, ann]);
    expect(carolToo).toBe(carol);
    expect(new Set([ann, stranger, carol]).size).toBe(3);
    await log.close();
  });
});
