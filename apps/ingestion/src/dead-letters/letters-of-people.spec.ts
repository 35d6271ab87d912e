import { describe, expect, it } from '@jest/globals';
import type { DeadLetterSource } from '@serendip/events-domain';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { namesOneOf } from './letters-of-people.js';

const letter = (original: Uint8Array, source: DeadLetterSource = 'ingestion', more: { readonly userId?: string; readonly isCut?: boolean } = {}) => ({ userId: '', isCut: false, source, original, ...more });
const json = (value: unknown) => letter(Buffer.from(JSON.stringify(value)), 'gateway');
const event = (fields: MessageInitShape<typeof events.EventSchema>) => letter(toBinary(events.EventSchema, create(events.EventSchema, fields)));
const names = (one: ReturnType<typeof letter>, ...ids: readonly string[]): boolean => namesOneOf(one, new Set(ids));

describe('whether a dead letter names somebody', () => {
  it('reads the JSON that the gateway refused, whatever its fields are called', () => {
    expect(names(json({ user_id: 'ann', type: 'view' }), 'ann')).toBe(true);
    expect(names(json({ userId: 7 }), '7')).toBe(true);
    expect(names(json({ context: { who: ['bob', 'ann'] } }), 'ann')).toBe(true);
    expect(names(json({ userId: 'anna', note: 'ann was here' }), 'ann')).toBe(false);
    expect(names(json({ itemId: 'ann', items: [{ itemId: 'ann' }], type: 'ann' }), 'ann')).toBe(false);
    expect(names({ ...json({ userId: 'ann' }), isCut: true }, 'ann')).toBe(true);
  });

  it('reads events, and what they say of others', () => {
    expect(names(event({ userId: 'ann' }), 'bob', 'ann')).toBe(true);
    expect(names(event({ anonymousId: 'v', payload: { case: 'identify', value: { userId: 'ann' } } }), 'ann')).toBe(true);
    expect(names(event({ userId: 'bob', payload: { case: 'merge', value: { anonymousId: 'v' } } }), 'v')).toBe(true);
    expect(names(event({ userId: 'bob', eventId: 'ann', items: [{ itemId: 'ann' }] }), 'ann')).toBe(false);
  });

  it('finds an id in bytes that are no event, and knows what was said of them', () => {
    const bytes = toBinary(events.EventSchema, create(events.EventSchema, { userId: 'a'.repeat(200), tenant: 't' }));
    const broken = letter(Buffer.concat([bytes, Uint8Array.of(255)]), 'log');
    expect(names(broken, 'a'.repeat(200))).toBe(true);
    expect(names(broken, 'a'.repeat(199), 't')).toBe(false);
    expect(names(letter(new Uint8Array(0), 'log', { userId: 'ann' }), 'ann')).toBe(true);
  });
});
