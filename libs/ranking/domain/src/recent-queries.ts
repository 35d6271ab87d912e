import { UserStateView } from '@serendip/shared-layouts';
import type { RankQuery } from './ranker.js';

const MOST = 32;
const EVERY_MS = 200;
const NOBODY = new UserStateView(new Uint8Array(0));

/** A few of the requests of each tenant lately, their candidates that is: what a new version is tried on before it serves. */
export class RecentQueries {
  private readonly byTenant = new Map<string, { readonly queries: RankQuery[]; next: number; lastMs: number }>();

  /** Keeps the request if the last one that was kept is old enough, without the person: nothing is left here of one who is erased. */
  record(tenant: string, query: RankQuery): void {
    let recent = this.byTenant.get(tenant);
    if (recent === undefined) this.byTenant.set(tenant, (recent = { queries: [], next: 0, lastMs: -Infinity }));
    if (query.context.nowMs - recent.lastMs < EVERY_MS) return;
    recent.lastMs = query.context.nowMs;
    recent.queries[recent.next] = { ...query, state: NOBODY, context: { nowMs: query.context.nowMs } };
    recent.next = (recent.next + 1) % MOST;
  }

  /** At most 32, in no order. */
  of(tenant: string): readonly RankQuery[] {
    return this.byTenant.get(tenant)?.queries ?? [];
  }
}
