import type { LiveRankers } from '@serendip/ranking-adapters';

/** For readiness endpoints: which versions are loaded, and which can't be and why. Always ready: one that can't be loaded takes no traffic away from the others. */
export function rankersStatus({ all, failed }: Pick<LiveRankers, 'all' | 'failed'>): { readonly name: 'rankers'; readonly ready: true; readonly detail: string } {
  const loaded = all.map(({ tenant, ranker }) => `${tenant}/${ranker.spec.name}`).join(', ') || 'none';
  return { name: 'rankers', ready: true, detail: [`loaded: ${loaded}`, ...[...failed].map(([key, why]) => `broken: ${key} can't be loaded: ${why}`)].join('; ') };
}
