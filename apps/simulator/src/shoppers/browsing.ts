import type { Random } from '../random.js';
import type { Product } from '../shop/product.js';
import type { Aisles } from './aisles.js';
import type { Action } from './event.js';
import { drawInterest, type Visit } from './visit.js';

const pageLength = 12;

/** A visit to the shop without recommendations: actions in time order, page by page, until the shopper leaves. */
export function* browse(visit: Visit, aisles: Aisles, random: Random): Generator<Action> {
  const pages = 1 + random.poisson(2.2);
  for (let page = 0; page < pages; page += 1) {
    const isFirst = page === 0;
    const opens = isFirst && random.chance(0.4) ? 'home' : isFirst && visit.mission !== undefined && random.chance(0.5) ? 'search' : 'category';
    if (opens === 'search') yield visit.search();
    const { actions, looked } = visit.read({ products: pageOf(opens, visit, aisles, random), placement: opens, clickType: opens === 'home' ? 'click' : 'view' });
    yield* actions;
    const last = looked.at(-1);
    if (last !== undefined && random.chance(0.45)) {
      yield* visit.read({ products: aisles.beside(last, visit.time, 6, random), placement: 'item', clickType: 'click' }).actions;
    }
    visit.wait(5, 40);
  }
  yield* visit.checkOut();
}

function pageOf(opens: 'home' | 'search' | 'category', visit: Visit, aisles: Aisles, random: Random): readonly Product[] {
  if (opens === 'home') return aisles.homePage(visit.time, pageLength, random);
  const { mission } = visit;
  const keepsToMission = mission !== undefined && random.chance(0.85);
  const category = keepsToMission ? mission.category : drawInterest(visit.shopper, visit.time, random);
  return aisles.listing({ category, type: keepsToMission ? mission.type : undefined, time: visit.time }, pageLength, random);
}
