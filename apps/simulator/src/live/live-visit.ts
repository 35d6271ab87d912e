import type { GatewayClient } from '@serendip/platform-gateway-client';
import { DomainError } from '@serendip/shared-errors';
import type { Random } from '../random.js';
import { rewards } from '../shoppers/appeal.js';
import type { Aisles } from '../shoppers/aisles.js';
import { toEvent, type Action, type Identity } from '../shoppers/event.js';
import { drawLogin, identify } from '../shoppers/history.js';
import type { Memory } from '../shoppers/memory.js';
import type { Shopper } from '../shoppers/shopper.js';
import { drawInterest, drawMission, Visit, type Response } from '../shoppers/visit.js';
import type { Product } from '../shop/product.js';
import type { World } from '../world.js';
import type { LiveTally } from './live-report.js';
import { pause } from './pause.js';

export interface LiveVisitOptions {
  readonly world: World;
  readonly client: GatewayClient;
  readonly tally: LiveTally;
  readonly aisles: Aisles;
  readonly clock: () => number;
  readonly pace: number;
  readonly judged: number;
  /** Items on a recommended list. */
  readonly length: number;
  readonly signal: AbortSignal;
  readonly shopper: Shopper;
  readonly memory: Memory;
  readonly random: Random;
  /** Identifies the visit, for its events' ids. */
  readonly key: readonly number[];
}

/** What is read of an answer; everything else may be missing. */
interface Answer {
  readonly items?: readonly { readonly id: string }[];
  readonly attributionToken?: string;
  readonly degraded?: readonly unknown[];
}

/** Items on a page of a category. */
const categoryLength = 12;

/** One visit to the running shop: recommendations on the home page, beside products and beside the cart, category pages in between. */
export class LiveVisit {
  private readonly visit: Visit;
  private readonly sessionId: string;
  private readonly logsInAfter: number;
  private readonly recommended = new Set<Product>();
  private readonly start: number;
  private actions = 0;

  constructor(private readonly options: LiveVisitOptions) {
    const { shopper, memory, random, clock, key } = options;
    const now = clock();
    this.start = now;
    this.visit = new Visit(shopper, memory, drawMission(shopper, memory, now, random), random, now);
    this.sessionId = `live-${key.join('-')}`;
    this.logsInAfter = drawLogin(shopper, random);
  }

  /** Throws when the gateway does not answer; then the shopper has left. */
  async run(): Promise<void> {
    const { random, signal } = this.options;
    const pages = 1 + random.poisson(2);
    for (let page = 0; page < pages && !signal.aborted; page += 1) {
      const response = page > 0 && random.chance(0.35) ? await this.browseCategory() : await this.showRecommendations('home', []);
      const last = response.looked.at(-1);
      if (last !== undefined && random.chance(0.6)) await this.showRecommendations('item', [last]);
      if (response.chosen.length > 0 && random.chance(0.8)) await this.showRecommendations('cart', this.visit.cart);
      this.visit.wait(4, 25);
    }
    await this.send(this.visit.checkOut());
  }

  private get identity(): Identity {
    return identify(this.options.shopper, this.sessionId, this.actions >= this.logsInAfter);
  }

  private async showRecommendations(placement: string, seeds: readonly Product[]): Promise<Response> {
    const { world, client, tally, signal, clock, random, judged, length, pace } = this.options;
    await this.catchUp(this.visit.time);
    const { userId, anonymousId, sessionId, device } = this.identity;
    const body = {
      placement, sessionId, limit: length, context: { device },
      ...(userId === undefined ? { anonymousId } : { userId }),
      ...(seeds.length === 0 ? {} : { items: seeds.map(({ item }) => item.id) }),
    };
    const answer = await client.send('POST', '/v1/recommendations', { body, signal }).catch((error: unknown) => {
      if (!signal.aborted) tally.failedRecommendations += 1;
      throw error;
    }) as Answer;
    if (pace === 1) this.visit.time = Math.max(this.visit.time, clock());
    const ids = (answer.items ?? []).map(({ id }) => id);
    if ((answer.degraded ?? []).length > 0) tally.degraded += 1;
    const { moment } = this.visit;
    tally.addList(placement, random.chance(judged)
      ? { expected: world.expectedReward(moment, ids), oracle: world.expectedReward(moment, world.oracleList(moment, length)) } : undefined);
    const products = ids.map((id) => world.catalogue.find(id));
    if (products.includes(undefined)) throw new DomainError('FAILED_PRECONDITION', 'OTHER_CATALOGUE', 'The gateway recommends items that this shop does not sell.');
    const response = this.visit.read({
      products: products as readonly Product[], placement, clickType: 'click', ...(answer.attributionToken === undefined ? {} : { attributionToken: answer.attributionToken }),
    });
    tally.realisedReward += response.looked.length * rewards.click + response.chosen.length * rewards.cart;
    for (const product of response.chosen) this.recommended.add(product);
    await this.send(response.actions);
    return response;
  }

  private async browseCategory(): Promise<Response> {
    const { aisles, shopper, random } = this.options;
    const { mission } = this.visit;
    const category = mission?.category ?? drawInterest(shopper, this.visit.time, random);
    const products = aisles.listing({ category, type: mission?.type, time: this.visit.time }, categoryLength, random);
    const response = this.visit.read({ products, placement: 'category', clickType: 'view' });
    await this.send(response.actions);
    return response;
  }

  /** Sends each action when it happens. */
  private async send(actions: readonly Action[]): Promise<void> {
    const { client, tally, signal, clock, key, world } = this.options;
    for (const action of actions) {
      await this.catchUp(action.time);
      if (signal.aborted) return;
      const event = toEvent({ ...action, time: clock() }, this.identity, [world.seed, ...key, this.actions]);
      this.actions += 1;
      if (action.type === 'purchase') tally.realisedReward += action.products.filter((product) => this.recommended.has(product)).length * rewards.purchase;
      await client.send('POST', '/v1/events', { body: { events: [event] }, signal }).then(
        () => { tally.events += 1; },
        () => { if (!signal.aborted) tally.failedEvents += 1; },
      );
    }
  }

  /** Lets the time pass that the shopper took until then, at the pace of this traffic. */
  private async catchUp(time: number): Promise<void> {
    const { clock, pace, signal } = this.options;
    const ahead = this.start + (time - this.start) * pace - clock();
    if (pace > 0 && ahead > 0) await pause(ahead, signal);
  }
}
