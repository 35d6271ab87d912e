import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from './random.js';
import { Appeal, rewards, type Moment } from './shoppers/appeal.js';
import { readList } from './shoppers/click-model.js';
import { Memory } from './shoppers/memory.js';
import { World } from './world.js';

const now = Date.UTC(2026, 10, 23, 12);
const world = new World({ seed: 5, now, products: 600, shoppers: 60 });
const ids = world.catalogue.items.map(({ id }) => id);

const momentOf = (index: number, memory = new Memory()): Moment => ({ shopper: world.shoppers[index]!, memory, time: now, mission: undefined });

describe('The expected reward', () => {
  it('is what clicks, carts and purchases earn on average', () => {
    const moment = momentOf(7);
    const list = world.oracleList(moment, 8);
    const offers = world.offers(moment, list);
    const conversions = list.map((id) => new Appeal(moment).conversion(world.catalogue.find(id)!));
    const random = new Random(9);
    const samples = 60_000;
    let sum = 0;
    let sumOfSquares = 0;
    for (let i = 0; i < samples; i += 1) {
      let reward = 0;
      for (const position of readList(offers, random).clicked) {
        reward += rewards.click;
        if (!random.chance(conversions[position]!.cart)) continue;
        reward += rewards.cart + (random.chance(conversions[position]!.purchase) ? rewards.purchase : 0);
      }
      sum += reward;
      sumOfSquares += reward * reward;
    }
    const mean = sum / samples;
    const error = Math.sqrt((sumOfSquares / samples - mean * mean) / samples);
    expect(Math.abs(mean - world.expectedReward(moment, list))).toBeLessThan(4 * error);
  });

  it('is never greater than that of the oracle list of the same length', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 59 }), fc.shuffledSubarray(ids, { minLength: 1, maxLength: 12 }), (index, list) => {
      const moment = momentOf(index);
      expect(world.expectedReward(moment, list)).toBeLessThanOrEqual(world.expectedReward(moment, world.oracleList(moment, list.length)) + 1e-12);
    }), { numRuns: 60 });
  });

  it('gains nothing from unknown ids, repeats, hidden products and what is not on sale', () => {
    const memory = new Memory();
    const moment = momentOf(3, memory);
    const [best] = world.oracleList(moment, 1);
    const soldOut = world.catalogue.products.find(({ soldOutAt }) => soldOutAt !== undefined)!;
    expect(world.expectedReward(moment, [best!, best!, 'nothing', soldOut.item.id])).toBe(world.expectedReward(moment, [best!]));
    memory.hide(world.catalogue.find(best!)!);
    expect(world.expectedReward(moment, [best!])).toBe(0);
  });

  it('falls for what was just bought and rises for what goes with it', () => {
    const memory = new Memory();
    const { products } = world.catalogue;
    const grinder = products.find(({ item }) => item.tags[0] === 'burr coffee grinder')!;
    const another = products.find((product) => product.type === grinder.type && product !== grinder)!;
    const beans = products.find(({ item }) => item.tags[0] === 'coffee beans')!;
    const before = [another, beans].map(({ item }) => world.expectedReward(momentOf(1, memory), [item.id]));
    memory.buy(grinder, now - 60_000);
    const after = [another, beans].map(({ item }) => world.expectedReward(momentOf(1, memory), [item.id]));
    expect(after[0]!).toBeLessThan(before[0]!);
    expect(after[1]!).toBeGreaterThan(before[1]!);
  });

  it('changes as taste drifts', () => {
    const moment = momentOf(11);
    const list = world.oracleList(moment, 10);
    expect(world.expectedReward({ ...moment, time: now + 30 * 86_400_000 }, list)).not.toBeCloseTo(world.expectedReward(moment, list), 3);
  });
});
