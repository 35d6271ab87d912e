import { describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { readErasures } from './erasures.js';

const PARTITION = 3;
const event = (fields: MessageInitShape<typeof events.EventSchema>): events.Event => create(events.EventSchema, { tenant: 't', type: 'click', ...fields });
const erase = (fields: MessageInitShape<typeof events.EventSchema>): events.Event => event({ type: '$erase', payload: { case: 'erase', value: {} }, ...fields });

async function logOf(...records: readonly (events.Event | Uint8Array)[]) {
  const log = new InMemoryEventLog();
  const positions = await log.append(records.map((one) => ({ partition: PARTITION, bytes: one instanceof Uint8Array ? one : toBinary(events.EventSchema, one) })));
  return { log, positions, end: positions.at(-1)! + 1 };
}

describe('what the erasures of a partition cover', () => {
  it('is every event of the same id and tenant that stands before the last of them', async () => {
    const ann = event({ userId: 'ann' });
    const { log, positions: [first, , second], end } = await logOf(ann, erase({ userId: 'ann' }), ann, erase({ userId: 'ann' }), ann);
    const erasures = await readErasures(log, PARTITION, { from: 0, to: end });
    expect([first, second, end - 1].map((position) => erasures.covers(ann, position!))).toEqual([true, true, false]);
    for (const other of [{ userId: 'bob' }, { userId: '', anonymousId: 'ann' }, { userId: 'ann', tenant: 'other' }]) expect(erasures.covers(event(other), first!)).toBe(false);
  });

  it('is only what is asked for, and nothing that just looks like an erasure', async () => {
    const { log, positions, end } = await logOf(erase({ userId: 'ann' }), event({ userId: 'bob', eventId: '$erase' }), event({ userId: 'bob', type: '$erase' }), Buffer.from('no event, but $erase'), erase({ anonymousId: 'v' }));
    const erasures = await readErasures(log, PARTITION, { from: positions[1]!, to: end });
    expect([event({ userId: 'ann' }), event({ userId: 'bob' }), event({ anonymousId: 'v' })].map((one) => erasures.covers(one, 1))).toEqual([false, false, true]);
    expect((await readErasures(log, PARTITION, { from: 0, to: positions[4]! })).covers(event({ anonymousId: 'v' }), 1)).toBe(false);
  });
});
