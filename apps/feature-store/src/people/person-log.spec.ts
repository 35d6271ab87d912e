import { describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { event, write } from '../feature-store.fixture.js';
import { recordsOf } from './person-log.js';
import { idsOf } from './person.js';

describe('records of a person', () => {
  it('are found under each id, and every partition is read once', async () => {
    const log = new InMemoryEventLog();
    const visitors = Array.from({ length: 200 }, (_, n) => `visitor-${n}`);
    await write(log, event({ userId: 'ann', eventId: 'a' }), event({ userId: 'bob', eventId: 'b' }), ...visitors.map((anonymousId) => event({ userId: '', anonymousId, eventId: anonymousId })));
    await write(log, event({ userId: '', anonymousId: 'visitor-3', type: '$erase', items: [], payload: { case: 'erase', value: {} } }));
    const ids = idsOf({ tenant: 't', userId: 'ann', anonymousIds: visitors });
    const read: number[] = [];
    const counting = Object.assign(Object.create(log) as InMemoryEventLog, { read: (partition: number, from: number, max: number) => (read.push(partition), log.read(partition, from, max)) });
    const found = await recordsOf(counting, ids);
    expect(found.map((events) => events.map(({ eventId }) => eventId))).toEqual([...visitors.map((id) => (id === 'visitor-3' ? [] : [id])), ['a']]);
    expect(read.length).toBe(new Set(ids.map(({ partition }) => partition)).size);
  });
});
