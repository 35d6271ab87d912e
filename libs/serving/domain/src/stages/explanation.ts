import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import { rowsOf } from '../explain/feature-rows.js';
import type { ScoreExplainer } from '../ports.js';
import { documentsOf, type Query } from '../query.js';

/** Asks what made the shown items score as they do, for an answer that explains itself: of the very rows that were scored, and would be logged. */
export class Explanation implements LateCheck<Query> {
  readonly name = 'explanation';

  constructor(private readonly explainer: ScoreExplainer, readonly timeoutMs: number) {}

  enabled({ request, work }: Query): boolean {
    return request.explain && work.ranked?.rows !== undefined;
  }

  async check({ request, work }: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    const shown = chosen.filter(({ ordinal }) => documentsOf(work)?.has(ordinal)).slice(0, request.limit);
    const rows = rowsOf(work.ranked!.rows!, shown.map(({ ordinal }) => ordinal));
    if (rows.ordinals.length === 0) return chosen;
    const explained = await this.explainer.explain(request, rows, context);
    if (!context.signal.aborted) work.explanation = { rows, ...explained };
    return chosen;
  }
}
