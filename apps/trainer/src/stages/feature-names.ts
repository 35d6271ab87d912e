import { RANKING_FEATURE_NAMES, visitFeatureName, visitFeaturesIn } from '@serendip/ranking-domain';
import type { History } from '../dataset/history.js';

/** Features of contexts that a ranker learns, at most. */
const MOST = 32;
/** In so many of all interactions one has to be, so that it can be learned, and missing in as many. */
const LEAST_SHARE = 0.01;
/** Devices have features of their own; these two are read as the local time. */
const KNOWN = new Set(['device', 'timeZone', 'utcOffsetMinutes']);

/** What a ranker is trained on: every declared feature, and of what contexts say the most frequent. */
export function featureNames({ visit, visits }: History): readonly string[] {
  const events = new Float64Array(visits.length);
  for (const number of visit) events[number]!++;
  const counts = new Map<string, number>();
  visits.forEach((fields, number) => {
    if (fields === undefined) return;
    for (const feature of visitFeaturesIn(fields)) {
      if (KNOWN.has(feature.name)) continue;
      const name = visitFeatureName(feature);
      counts.set(name, (counts.get(name) ?? 0) + events[number]!);
    }
  });
  const least = LEAST_SHARE * visit.length;
  const isText = (name: string): boolean => name.includes('=');
  const frequent = [...counts].filter(([name, count]) => count >= least && !(isText(name) && visit.length - count < least));
  const chosen = frequent.sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1)).slice(0, MOST);
  return [...RANKING_FEATURE_NAMES, ...chosen.map(([name]) => name)];
}
