import { ConfigWatcher } from '@serendip/platform-config';
import { Planner } from './recommendations/planner.js';
import { Recommendations } from './recommendations/recommendations.service.js';

const RUNS = 60;
const AT_ONCE = 4;
const MOST_MS = 2000;

/** Answers made-up requests before the first real one, so that it finds the path compiled and its connections open. Never rejects. */
export async function warmUp(config: ConfigWatcher, planner: Planner, recommendations: Recommendations): Promise<void> {
  const started = performance.now();
  const [tenant] = config.current.tenants;
  const placement = tenant?.placements.find(({ name }) => name === 'home');
  if (tenant === undefined || placement === undefined) return;
  const visitor = { kind: 'anonymous', id: 'warm-up' } as const;
  const plan = planner.plan({ tenant: tenant.id, placement: placement.name, visitor });
  const ask = { tenant: tenant.id, plan, visitor, limit: 10, fields: ['title'], explain: false, dryRun: true };
  for (let run = 0; run < RUNS && performance.now() - started < MOST_MS; run += AT_ONCE) {
    // The first half is made, each for itself; the second half shares.
    await Promise.allSettled(Array.from({ length: AT_ONCE }, () => recommendations.answer({ ...ask, fresh: run < RUNS / 2 })));
  }
}
