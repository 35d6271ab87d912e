import type { Candidates, Filter } from '@serendip/shared-pipeline';
import { explorationBit, type Query } from '../query.js';

/** Takes what is there to be explored only out of the order of scores: it can come into a list by being drawn, and not otherwise. */
export class SetAside implements Filter<Query> {
  readonly name = 'set-aside';

  enabled({ work }: Query): boolean {
    return explorationBit(work) > 0;
  }

  drop({ work }: Query, { alive }: Candidates): number {
    const bit = explorationBit(work);
    let dropped = 0;
    work.candidates!.sourceBits.forEach((bits, i) => {
      if (bits !== bit || alive[i] === 0) return;
      alive[i] = 0;
      dropped++;
    });
    return dropped;
  }
}
