export interface MockItem {
  readonly id: string;
  readonly categories?: readonly string[];
  readonly available?: boolean;
  readonly [field: string]: unknown;
}

export interface MockEvent {
  readonly type: string;
  readonly itemId?: string;
  readonly items?: readonly { readonly itemId: string }[];
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly [field: string]: unknown;
}

interface Taste {
  readonly categories: Map<string, number>;
  readonly seen: Set<string>;
}

type Body = Record<string, unknown>;

/** Popularity times the user's liking of categories, enough to see a list move. */
export class MockRecommender {
  readonly items = new Map<string, MockItem>();
  private readonly popularity = new Map<string, number>();
  private readonly tastes = new Map<string, Taste>();
  private answers = 0;

  add(items: readonly MockItem[]): void {
    for (const item of items) this.items.set(item.id, item);
  }

  observe(event: MockEvent): void {
    const taste = this.tasteOf(event);
    for (const id of [event.itemId, ...(event.items ?? []).map(({ itemId }) => itemId)]) {
      const item = id === undefined ? undefined : this.items.get(id);
      if (item === undefined) continue;
      taste.seen.add(item.id);
      if (event.type === 'hide') continue;
      this.popularity.set(item.id, (this.popularity.get(item.id) ?? 0) + 1);
      for (const category of item.categories ?? []) taste.categories.set(category, (taste.categories.get(category) ?? 0) + 1);
    }
  }

  recommend(body: Body): unknown {
    const started = performance.now();
    const { placement = 'home', limit = 10, items: seeds = [], fields = [], explain = false } = body as { placement?: string; limit?: number; items?: readonly string[]; fields?: readonly string[]; explain?: boolean };
    const taste = this.tasteOf(body as MockEvent);
    const wanted = new Set(seeds.flatMap((id) => this.items.get(id)?.categories ?? []));
    const scored = [...this.items.values()]
      .filter(({ id, available }) => available !== false && !taste.seen.has(id) && !seeds.includes(id))
      .map((item) => ({ item, score: this.score(item, taste, wanted) }))
      .sort((a, b) => b.score.total - a.score.total).slice(0, limit);
    this.answers += 1;
    return {
      recommendationId: `rec-${this.answers}`, attributionToken: `token-${this.answers}`, placement,
      items: scored.map(({ item, score }, i) => ({
        id: item.id, score: score.total, rank: i + 1, source: score.personal > 0 ? 'personal' : 'popular',
        ...(fields.length > 0 ? { fields: Object.fromEntries(fields.map((field) => [field, item[field]]).filter(([, value]) => value !== undefined)) } : {}),
        ...(explain ? { explain: explanationOf(item, score) } : {}),
      })),
      experiments: [{ experiment: 'ranker-split', arm: 'treatment' }], models: { retriever: 'cf@3', ranker: 'dcn@12' }, degraded: [],
      ...(explain ? { funnel: [{ stage: 'candidates', kind: 'source', in: 0, out: 500, tookMs: 1.2 }, { stage: 'rank', kind: 'scorer', in: 500, out: 500, tookMs: 2.4 }, { stage: 'select', kind: 'selector', in: 500, out: limit, tookMs: 0.1 }] } : {}),
      tookMs: Math.round((performance.now() - started) * 100) / 100,
    };
  }

  private score(item: MockItem, taste: Taste, wanted: ReadonlySet<string>): { total: number; personal: number; popular: number } {
    const categories = item.categories ?? [];
    const personal = categories.reduce((sum, category) => sum + Math.log1p(taste.categories.get(category) ?? 0) + (wanted.has(category) ? 3 : 0), 0);
    const popular = Math.log1p(this.popularity.get(item.id) ?? 0);
    return { total: personal + popular, personal, popular };
  }

  private tasteOf({ userId, anonymousId }: MockEvent): Taste {
    const id = userId ?? anonymousId ?? 'nobody';
    const known = this.tastes.get(id);
    if (known !== undefined) return known;
    const taste: Taste = { categories: new Map(), seen: new Set() };
    this.tastes.set(id, taste);
    return taste;
  }
}

const explanationOf = (item: MockItem, score: { personal: number; popular: number }): unknown => ({
  sources: [{ name: score.personal > 0 ? 'personal' : 'popular', score: score.personal + score.popular }],
  features: [{ name: 'category_affinity', value: score.personal, contribution: score.personal }, { name: 'popularity_7d', value: score.popular, contribution: score.popular }],
  reasons: score.personal > 0 ? ['Fits what you have been looking at', `You have been interested in ${item.categories?.at(-1) ?? 'this'}`] : ['Popular with everyone'],
});
