/** Random writes of every kind: events, items, rules, models, configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';

export interface World {
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** Model names with the versions there are. */
  readonly models: Readonly<Record<string, readonly number[]>>;
}

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

const HIDE_AFTER = [['purchase'], ['purchase', 'view'], []];
const CAPS = [[], [{ group: 'categories[0]', limit: 2, window: 5 }], [{ group: 'categories[0]', limit: 1, window: 2 }]];

export const KINDS = ['event', 'item', 'rule', 'model', 'config'] as const;
export type Kind = (typeof KINDS)[number];

/** Writes until it is told to stop, in bursts with pauses between them; counts what it wrote, by kind. */
export class Writes {
  readonly written: Record<Kind, number> = { event: 0, item: 0, rule: 0, model: 0, config: 0 };
  private readonly api: Api;
  private readonly world: World;
  private readonly random: Random;
  private readonly home: Record<string, unknown>;
  private stopped = false;
  private added = 0;

  constructor(api: Api, world: World, { random, home }: { random: Random; home: Record<string, unknown> }) {
    this.api = api;
    this.world = world;
    this.random = random;
    this.home = home;
  }

  async run(): Promise<void> {
    while (!this.stopped) {
      for (let left = Math.ceil(this.random() * 4); left > 0; left--) await this.write(pick(this.random, ['event', 'event', 'event', 'item', 'item', ...KINDS]));
      await sleep(this.random() * 700);
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private async write(kind: Kind): Promise<void> {
    const { status, json } = await this[kind]();
    if (status >= 300) throw new Error(`A write of kind ${kind} was answered with ${status}: ${JSON.stringify(json)}`);
    this.written[kind]++;
  }

  private event() {
    const { users, items } = this.world;
    const type = pick(this.random, ['view', 'click', 'add_to_cart', 'purchase', 'like', 'hide']);
    return this.api.send('POST', '/v1/events', { body: { type, userId: pick(this.random, users), itemId: pick(this.random, items) }, key: this.api.keys.publishable });
  }

  private item() {
    const id = pick(this.random, this.world.items);
    // Whole milliseconds, as answers tell them.
    const soon = Date.now() + Math.round(this.random() * 1500);
    const change = pick<() => Record<string, unknown>>(this.random, [
      () => ({ available: this.random() < 0.7 }), () => ({ price: Math.round(this.random() * 5000) / 100 }), () => ({ expiresAt: soon }), () => ({ publishedAt: soon }),
      () => ({ expiresAt: Date.now() + 1e9, publishedAt: Date.now() - 1e9, available: true }), () => ({ categories: [pick(this.random, ['Drama', 'Comedy', 'Action', 'Brand new'])] }),
    ])();
    if (this.random() < 0.1) return this.api.send('PUT', `/v1/items/new-${this.added++}`, { body: { title: 'New', categories: ['Drama'], price: 9, publishedAt: Date.now() - 1000 } });
    return this.api.send('PATCH', `/v1/items/${id}`, { body: change });
  }

  private rule() {
    return this.putHome({ caps: pick(this.random, CAPS), diversity: pick(this.random, [0, 0.3, 0.8]), hideAfter: pick(this.random, HIDE_AFTER), fill: pick(this.random, ['strict', 'fill-up']) });
  }

  private model() {
    const name = pick(this.random, Object.keys(this.world.models));
    return this.api.send('PUT', `/v1/models/${name}/aliases/champion`, { body: { version: pick(this.random, this.world.models[name]!) } });
  }

  private config() {
    if (this.random() < 0.5) return this.putHome({ candidates: pick(this.random, [50, 100, 200]), logShare: pick(this.random, [0, 0.2]) });
    const ranker = Object.keys(this.world.models).find((name) => /rank/.test(name))!;
    const arms = [{ name: 'a', percent: Math.round(this.random() * 50), ranker: `${ranker}@${pick(this.random, this.world.models[ranker]!)}` }, { name: 'none', percent: 10, ranker: '' }];
    return this.api.send('PUT', '/v1/placements/home/split', { body: { name: 'cache-split', arms } });
  }

  private putHome(more: Record<string, unknown>) {
    Object.assign(this.home, more);
    return this.api.send('PUT', '/v1/placements/home', { body: this.home });
  }
}
