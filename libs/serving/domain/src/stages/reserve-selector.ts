import { byScore, type Candidates, type Selected, type Selector } from '@serendip/shared-pipeline';
import { reserveOf, type Query } from '../query.js';

/** The best by score, with a reserve behind the slate for what late checks drop. */
export class ReserveSelector implements Selector<Query> {
  readonly name = 'selection';

  select({ request, work }: Query, candidates: Candidates): readonly Selected[] {
    const bits = work.candidates?.sourceBits;
    return byScore(candidates).slice(0, reserveOf(request.limit)).map((i) => ({
      ordinal: candidates.ordinal[i]!, score: candidates.score[i]!, source: bits?.[i] ?? candidates.source[i]!,
    }));
  }
}
