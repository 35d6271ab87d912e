import { describe, expect, it } from '@jest/globals';
import { anonymousEntity, itemEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import { anEvent } from '../testing/an-event.js';
import { completionOf } from './event-completion.js';
import { partitionOfEvent } from './event-partition.js';

const item = { id: 'i9', title: '', description: '', categories: [], tags: [], attributes: {}, vector: new Uint8Array() };

describe('partitionOfEvent', () => {
  it('is the user\'s, the visitor\'s, or the item\'s for a change of an item', () => {
    expect(partitionOfEvent(anEvent())).toBe(partitionOf('default', userEntity('u1')));
    expect(partitionOfEvent(anEvent({ userId: '', anonymousId: 'u1' }))).toBe(partitionOf('default', anonymousEntity('u1')));
    const change = anEvent({ type: '$item', payload: { case: 'itemChange', value: { kind: 1, item, fields: [] } } });
    expect(partitionOfEvent(change)).toBe(partitionOf('default', itemEntity('i9')));
  });
});

describe('completionOf', () => {
  const arrival = { tenant: 't', receivedAtMs: 5_000, newEventId: () => 'made' };

  it('fills in what the client left out and leaves what it gave', () => {
    expect(completionOf(anEvent({ eventId: '', tenant: 'forged', receivedAtMs: 1 }), arrival)).toEqual({
      tenant: 't', eventId: 'made', eventTimeMs: 5_000, receivedAtMs: 5_000, schemaVersion: 1, importPosition: undefined,
    });
    expect(completionOf(anEvent({ eventId: 'own', eventTimeMs: 4_000 }), arrival)).toMatchObject({ eventId: 'own', eventTimeMs: 4_000 });
  });

  it('never keeps an import position that the client made up', () => {
    expect(completionOf(anEvent({ importPosition: { importId: 'x', batch: 1, index: 0 } }), arrival).importPosition).toBeUndefined();
  });

  it('names an event of an import by its place', () => {
    const place = { importId: 'imp_1', batch: 2, index: 3 };
    expect(completionOf(anEvent({ eventId: '' }), arrival, place)).toMatchObject({ eventId: 'imp_1-2-3', importPosition: place });
  });
});
