import { describe, expect, it } from '@jest/globals';
import { onSaleAt } from '../shop/product.js';
import { World } from '../world.js';
import { History } from './history.js';

const now = Date.UTC(2026, 10, 23, 12);
const day = 86_400_000;
const options = { seed: 3, now, products: 800, shoppers: 300 };
const world = new World(options);
const events = [...new History(world, { events: 8_000, days: 20 }).events()];
const times = events.map(({ eventTime }) => Date.parse(eventTime));

describe('The history', () => {
  it('has about as many events as were asked for, all within the days asked for and before now', () => {
    expect(Math.abs(events.length - 8_000)).toBeLessThan(800);
    expect(times.filter((time) => time >= now || time < now - 20 * day)).toEqual([]);
    expect(times.at(-1)!).toBeGreaterThan(now - day);
  });

  it('is in strict order of event time', () => {
    expect(times.slice(1).filter((time, i) => time <= times[i]!)).toEqual([]);
  });

  it('is the same again from the same world, with the same event ids', () => {
    expect(JSON.stringify([...new History(new World(options), { events: 8_000, days: 20 }).events()])).toBe(JSON.stringify(events));
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    for (const { eventId } of events.slice(0, 500)) expect(eventId).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('names the user or the anonymous visitor, never both, and only products that were on sale', () => {
    expect(events.filter(({ userId, anonymousId }) => (userId === undefined) === (anonymousId === undefined))).toEqual([]);
    const early = events.filter(({ itemId, items = [], eventTime }) => [...(itemId === undefined ? [] : [itemId]), ...items.map((item) => item.itemId)]
      .some((id) => !onSaleAt(world.catalogue.find(id)!, Date.parse(eventTime))));
    expect(early.filter(({ type }) => type !== 'purchase')).toEqual([]);
  });

  it('has every kind of event, and visitors who log in on the way', () => {
    const types = new Set(events.map(({ type }) => type));
    expect([...types].sort()).toEqual(['add_to_cart', 'click', 'hide', 'like', 'purchase', 'search', 'view']);
    const sessions = new Map<string, Set<string>>();
    for (const { sessionId, userId } of events) sessions.set(sessionId, (sessions.get(sessionId) ?? new Set()).add(userId === undefined ? 'anonymous' : 'user'));
    expect([...sessions.values()].some((identities) => identities.size === 2)).toBe(true);
  });

  it('leaves each shopper with the memory of what they looked at', () => {
    const history = new History(world, { events: 8_000, days: 20 });
    const looked = new Map<string, Set<string>>();
    for (const { userId, itemId, type } of history.events()) {
      if (userId !== undefined && itemId !== undefined && (type === 'view' || type === 'click')) looked.set(userId, (looked.get(userId) ?? new Set()).add(itemId));
    }
    const forgotten = world.shoppers.filter((shopper) => {
      const { seen } = history.memoryOf(shopper);
      return [...(looked.get(shopper.userId ?? '') ?? [])].some((id) => !seen.has(world.catalogue.find(id)!.index));
    });
    expect(forgotten).toEqual([]);
  });
});
