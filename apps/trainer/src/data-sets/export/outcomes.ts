import { recommendationOf } from './attributed.js';
import type { EventRow } from './event-row.js';

/** What came of one item of a slate: how often each type of event, and the sum of their values. */
export interface ItemOutcomes {
  readonly counts: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
}

interface Outcome {
  readonly itemId: string;
  readonly type: string;
  readonly value: number | undefined;
  readonly atMs: number;
}

/** Types that every export has a column of, so that its tables look alike however little happened. */
const STANDARD = ['impression', 'view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'dislike', 'hide', 'watch'];
const NOTHING: ItemOutcomes = { counts: {}, values: {} };

/** Events by the slate that they are attributed to. */
export class Outcomes {
  private readonly bySlate = new Map<string, Outcome[]>();
  private readonly seen = new Set(STANDARD);

  /** @param withinMs how long after a slate an event counts as its outcome. */
  constructor(private readonly withinMs: number) {}

  /** The types that have been seen, the standard ones first. */
  get types(): readonly string[] {
    return [...this.seen];
  }

  add({ type, attribution_token: token, items, value, event_time: atMs }: EventRow): void {
    const slate = recommendationOf(token);
    if (slate === undefined || type.startsWith('$')) return;
    const known = this.bySlate.get(slate) ?? [];
    this.bySlate.set(slate, known);
    this.seen.add(type);
    for (const { item_id: itemId } of items ?? []) known.push({ itemId, type, value, atMs });
  }

  /** What came of an item after its slate was served. */
  of(slate: string, itemId: string, servedMs: number): ItemOutcomes {
    const found = this.bySlate.get(slate)?.filter((outcome) => outcome.itemId === itemId && outcome.atMs <= servedMs + this.withinMs) ?? [];
    if (found.length === 0) return NOTHING;
    const counts: Record<string, number> = {};
    const values: Record<string, number> = {};
    for (const { type, value } of found) {
      counts[type] = (counts[type] ?? 0) + 1;
      if (value !== undefined) values[type] = (values[type] ?? 0) + value;
    }
    return { counts, values };
  }
}
