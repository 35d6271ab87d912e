import { describe, expect, it } from '@jest/globals';
import { events, create, toBinary } from '@serendip/shared-contracts';
import { documentOf, requestOf } from '@serendip/serving-domain/testing';
import { stateWithProfile } from '@serendip/shared-layouts/testing';
import { ProfileFacts, condition, itemExpression, plannedRules } from '../index.js';

const ann = stateWithProfile(toBinary(events.UserProfileSchema, create(events.UserProfileSchema, { id: 'ann', attributes: { tier: { value: { case: 'text', value: 'gold' } } } })));
const request = requestOf({ visitor: { kind: 'user', id: 'ann' }, context: { device: 'phone', attributes: { weather: 'rain' } } });
const facts = (state = ann) => new ProfileFacts().factsOf(request, state);
const film = (ordinal: number, fields: object) => documentOf(ordinal, { fields: { categories: [], tags: [], attributes: {}, ...fields } });

describe('ProfileFacts', () => {
  it('knows the profile, the device and the time of day', () => {
    expect(condition(`user.id == 'ann' && user.tier == 'gold' && context.device == 'phone' && context.weather == 'rain' && context.hour == 0`).evaluate(facts())).toBe(true);
  });

  it('knows who asks when their state is not known', () => {
    expect(condition(`user.id == 'ann' && !has(user.tier)`).evaluate(facts(new Uint8Array(0)))).toBe(true);
    const nobody = new ProfileFacts().factsOf({ ...request, visitor: { kind: 'nobody' } }, new Uint8Array(0));
    expect(condition(`has(user.id)`).evaluate(nobody)).toBe(false);
  });
});

describe('item expressions', () => {
  it('go from document to document', () => {
    const known = facts();
    const cheap = itemExpression('item.price < 20.0 && item.margin > 0.1', 'filter');
    const items = [film(1, { price: 10, attributes: { margin: 0.5 } }), film(2, { price: 30, attributes: { margin: 0.5 } }), film(3, { price: 10 })];
    expect(items.map((item) => cheap.evaluate(item, known))).toEqual([true, false, false]);
    expect(itemExpression('item.margin > 0.3 ? 1.5 : 1.0', 'boost').evaluate(items[0]!, known)).toBe(1.5);
    expect(itemExpression('item.margin > 0.3 ? 1.5 : 0.5', 'boost').evaluate(items[2]!, known)).toBe(1);
  });

  it('say when they ask about the item that is looked at', () => {
    expect(itemExpression('item.price < seed.price', 'filter').usesSeed).toBe(true);
    expect(itemExpression('item.price < 5.0', 'filter').usesSeed).toBe(false);
  });
});

describe('planned rules', () => {
  it('hold for nothing, and do nothing, where they can not be read', () => {
    const [rule] = plannedRules('tenant', [{ name: 'broken', when: '((', filter: '((', boost: '((', pin: { expression: '((', slot: 1 } }]);
    const item = film(1, {});
    expect(rule).toMatchObject({ level: 'tenant', name: 'broken', pin: { slot: 1 } });
    expect([rule!.when!.evaluate(facts()), rule!.filter!.evaluate(item, facts()), rule!.boost!.evaluate(item, facts()), rule!.pin!.expression.evaluate(item, facts())]).toEqual([false, false, 1, false]);
  });

  it('have no parts that they are not given', () => {
    expect(plannedRules('placement', [{ name: 'b', when: '', filter: '', boost: '2.0' }])).toEqual([{ level: 'placement', name: 'b', boost: expect.objectContaining({ source: '2.0' }) }]);
  });
});
