import { describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { World } from '../world.js';
import { rewards } from './appeal.js';
import { Memory } from './memory.js';
import { Visit, type Page } from './visit.js';

const world = new World({ seed: 6, now: Date.UTC(2026, 10, 23, 12), products: 500, shoppers: 40 });

const visitOf = (shopper: number, seed: number): Visit => new Visit(world.shoppers[shopper]!, new Memory(), undefined, new Random(1, seed), world.now);

describe('A visit', () => {
  it('earns on average what the expected reward of the list says', () => {
    const pages = world.shoppers.map((_, shopper) => {
      const { moment } = visitOf(shopper, 0);
      const list = world.oracleList(moment, 10);
      return { expected: world.expectedReward(moment, list), page: { products: list.map((id) => world.catalogue.find(id)!), placement: 'home', clickType: 'click' } satisfies Page };
    });
    const visits = 12_000;
    let surplus = 0;
    let squares = 0;
    for (let n = 0; n < visits; n += 1) {
      const { expected, page } = pages[n % pages.length]!;
      const visit = visitOf(n % pages.length, n);
      const { looked, chosen } = visit.read(page);
      const bought = visit.checkOut().flatMap(({ products }) => products);
      const difference = rewards.click * looked.length + rewards.cart * chosen.length + rewards.purchase * bought.length - expected;
      surplus += difference;
      squares += difference * difference;
    }
    expect(Math.abs(surplus / visits)).toBeLessThan(4 * Math.sqrt(squares) / visits);
  });

  it('reports positions from 0, the placement and the token, in time order', () => {
    const { moment } = visitOf(1, 0);
    const products = world.oracleList(moment, 10).map((id) => world.catalogue.find(id)!);
    for (let n = 0; n < 50; n += 1) {
      const { actions, looked } = visitOf(1, n).read({ products, placement: 'item', clickType: 'click', attributionToken: 'token' });
      const clicks = actions.filter(({ type }) => type === 'click');
      expect(clicks.map((click) => products[click.position!])).toEqual(looked);
      for (const click of clicks) expect(click).toMatchObject({ placement: 'item', attributionToken: 'token' });
      const times = actions.map(({ time }) => time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('remembers: what was looked at, what was bought and what is wanted next', () => {
    const grinder = world.catalogue.products.find(({ item }) => item.tags[0] === 'burr coffee grinder')!;
    const memory = new Memory();
    memory.look(grinder, 1);
    memory.buy(grinder, 2);
    expect(memory.lastSeen(grinder)).toBe(1);
    expect(memory.lastBought(grinder)).toBe(2);
    expect(memory.wantedTypes().length).toBe(3);
    const copy = memory.copy();
    copy.hide(grinder);
    expect(memory.isHidden(grinder)).toBe(false);
  });
});
