import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import { rowsOf } from '../explain/feature-rows.js';
import type { CandidateColumns, ScoreExplainer, ScoredRows } from '../ports.js';
import type { FeatureRows } from '../recommendation.js';
import { documentsOf, type Query } from '../query.js';

/** Asks what made the shown items score as they do, for an answer that explains itself: of the very rows that were scored, and would be logged. */
export class Explanation implements LateCheck<Query> {
  readonly name = 'explanation';

  constructor(private readonly explainer: ScoreExplainer, readonly timeoutMs: number) {}

  enabled({ request, work }: Query): boolean {
    return request.explain && work.ranked?.rows !== undefined;
  }

  async check({ request, work, userState }: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    const shown = chosen.filter(({ ordinal }) => documentsOf(work)?.has(ordinal)).slice(0, request.limit);
    const rows = rowsOf(work.ranked!.rows!, shown.map(({ ordinal }) => ordinal));
    if (rows.ordinals.length === 0) return chosen;
    const explained = await this.explainer.explain(request, { ...rows, userState, ...scoresOf(rows, work.candidates!) }, context);
    if (!context.signal.aborted) work.explanation = { rows, ...explained };
    return chosen;
  }
}

/** Retrieval's scores of the rows' items, which are all candidates. */
function scoresOf({ ordinals }: FeatureRows, candidates: CandidateColumns): Pick<ScoredRows, 'personalScores' | 'nextScores'> {
  const places = ordinals.map((ordinal) => candidates.ordinals.indexOf(ordinal));
  return { personalScores: Float32Array.from(places, (at) => candidates.personalScores[at]!), nextScores: Float32Array.from(places, (at) => candidates.nextScores[at]!) };
}
