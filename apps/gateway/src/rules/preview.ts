import { Injectable } from '@nestjs/common';
import { Recommender, type ItemDocument, type PlacementPlan, type Recommendation, type RecommendedItem, type RuleEffect } from '@serendip/serving-domain';
import type { control } from '@serendip/shared-contracts';
import pLimit from 'p-limit';
import { visitContext } from '../events/event.mapper.js';
import type { Trace } from '../http/trace.js';
import { Planner } from '../recommendations/planner.js';
import type { PreviewAnswer, PreviewInput } from './preview-schema.js';

type Change = PreviewAnswer['users'][number]['changes'][number];

/** Users at a time, of all previews together: they must not get in the way of those who wait for a list. */
const AT_ONCE = 4;
/** For one list, and for all of a preview. */
const LIST_MS = 300;
const BUDGET_MS = 500;
/** A list without one of these is not what a visitor would see. */
const HOPS = new Set(['user-state', 'candidates', 'ranking', 'documents']);

interface Wanted extends Trace {
  readonly placement: control.Placement;
  readonly userId: string;
  readonly input: PreviewInput;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
}

/** Shows what a placement would change for some users, and which rules would do it. Nothing is saved or logged; a user whose lists could not be made as they should be is missing. */
@Injectable()
export class Preview {
  private readonly enter = pLimit(AT_ONCE);

  constructor(private readonly recommender: Recommender, private readonly planner: Planner) {}

  async of(tenant: string, { placement, input, traceId }: Omit<Wanted, 'userId' | 'untilMs'>): Promise<PreviewAnswer> {
    const untilMs = performance.now() + BUDGET_MS;
    const previews = await Promise.all(input.users.map((userId) => this.enter(() => this.user(tenant, { placement, userId, input, untilMs, traceId }))));
    const users = previews.filter((user) => user !== undefined);
    return { users, changed: users.filter(({ changes }) => changes.length > 0).length, missing: input.users.filter((_, i) => previews[i] === undefined) };
  }

  private async user(tenant: string, { placement, userId, input, untilMs, traceId }: Wanted): Promise<PreviewAnswer['users'][number] | undefined> {
    const visitor = { kind: 'user', id: userId } as const;
    const isSaved = this.planner.tenant(tenant).placements.some(({ name }) => name === placement.name);
    const nowMs = Date.now();
    const recommend = (plan: PlacementPlan): Promise<Recommendation> => this.recommender.recommend({
      recommendationId: `preview of ${userId}`, tenant, plan, visitor, seedItemIds: input.items, givenItemIds: [], excludeItemIds: [], shownOrdinals: [], limit: input.limit,
      context: visitContext(input.context), explain: false, explainRules: true, logFeatures: false, nowMs, fresh: true,
    }, { deadlineMs: Math.min(performance.now() + LIST_MS, untilMs), signal: new AbortController().signal, traceId });
    if (performance.now() >= untilMs) return undefined;
    const plan = this.planner.plan({ tenant, placement: placement.name, visitor, as: placement });
    const after = await recommend(plan);
    if (isCrippled(after)) return undefined;
    const before = isSaved ? await recommend(this.planner.plan({ tenant, placement: placement.name, visitor })) : undefined;
    if (before !== undefined && isCrippled(before)) return undefined;
    return { userId, before: idsOf(before), after: idsOf(after), changes: changesBetween(before, after), ...explorationOf(plan, after) };
  }
}

const isCrippled = ({ degraded }: Recommendation): boolean => degraded.some(({ stage }) => HOPS.has(stage));

/** What may be drawn for a user; which of it is drawn differs from answer to answer. */
const explorationOf = ({ exploration: planned }: PlacementPlan, { exploration }: Recommendation): Pick<PreviewAnswer['users'][number], 'exploration'> =>
  (planned === undefined ? {} : { exploration: { slots: exploration?.slots ?? 0, pool: exploration?.pool ?? 0, share: planned.share } });

const idsOf = (answer: Recommendation | undefined): string[] => (answer?.items ?? []).map(({ id }) => id);

function changesBetween(before: Recommendation | undefined, after: Recommendation): Change[] {
  const from = placesOf(before);
  const to = placesOf(after);
  const because = ({ document }: RecommendedItem): RuleEffect[] => (document === undefined ? [] : differences(before, after, document));
  return [
    ...after.items.flatMap((item): Change[] => {
      const [was, is] = [from.get(item.id), to.get(item.id)!];
      if (was === is) return [];
      return [{ id: item.id, change: was === undefined ? 'added' : 'moved', ...(was === undefined ? {} : { from: was }), to: is, because: because(item) }];
    }),
    ...(before?.items ?? []).filter(({ id }) => !to.has(id)).map((item): Change => ({ id: item.id, change: 'dropped', from: from.get(item.id)!, because: because(item) })),
  ];
}

const placesOf = (answer: Recommendation | undefined): ReadonlyMap<string, number> => new Map((answer?.items ?? []).map(({ id }, i) => [id, i + 1]));

/** What rules now do to an item and did not do before, and the other way round; none when it only makes room for others. */
function differences(before: Recommendation | undefined, after: Recommendation, document: ItemDocument): RuleEffect[] {
  const then = before?.rulesOn(document) ?? [];
  const now = after.rulesOn(document);
  const isIn = (effects: readonly RuleEffect[], { rule, effect }: RuleEffect): boolean => effects.some((other) => other.rule === rule && other.effect === effect);
  return [
    ...now.filter((effect) => !isIn(then, effect)).map(({ rule, effect }) => ({ rule, effect })),
    ...then.filter((effect) => !isIn(now, effect)).map(({ rule, effect }) => ({ rule, effect: `no longer ${effect}` })),
  ];
}
