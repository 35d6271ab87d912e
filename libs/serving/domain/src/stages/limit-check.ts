import type { LateCheck, Selected } from '@serendip/shared-pipeline';
import type { Query } from '../query.js';

/** Cuts the list to what was asked for, once what must not be shown is gone. */
export class LimitCheck implements LateCheck<Query> {
  readonly name = 'limit';

  async check({ request }: Query, chosen: readonly Selected[]): Promise<readonly Selected[]> {
    return chosen.slice(0, request.limit);
  }
}
