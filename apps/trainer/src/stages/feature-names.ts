import { RANKING_FEATURE_NAMES, namedFeature, visitFeatureName, visitFeaturesIn, type NamedFeature } from '@serendip/ranking-domain';
import type { History } from '../dataset/history.js';

/** Features of contexts that a ranker learns, at most. */
const MOST = 32;
/** In so many of all interactions one has to be, so that it can be learned, and missing in as many. */
const LEAST_SHARE = 0.01;
/** Devices have features of their own; these two are read as the local time. */
const KNOWN = new Set(['device', 'timeZone', 'utcOffsetMinutes']);

/** Whether it is a feature that is not among the declared ones: of a family, or with a time-to-live. What contexts say is chosen anew each time. */
function isOwn(name: string): boolean {
  const feature = knownFeature(name);
  return feature !== undefined && feature.entity !== 'context' && (feature.place === undefined || feature.timeToLiveMs < Infinity);
}

/** Undefined for a feature that is no longer there. */
function knownFeature(name: string): NamedFeature | undefined {
  try {
    return namedFeature(name);
  } catch {
    return undefined;
  }
}

/** Whether one of these features is made of users' profiles. */
export function readsProfiles(names: readonly string[]): boolean {
  return names.some((name) => {
    const feature = knownFeature(name);
    return feature?.entity === 'user' && feature.computed === 'attribute';
  });
}

/** What a ranker is trained on: every declared feature, of what contexts say the most frequent, and what is wanted besides. */
export function featureNames({ visit, visits }: History, wanted: readonly string[] = []): readonly string[] {
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
  return [...RANKING_FEATURE_NAMES, ...chosen.map(([name]) => name), ...new Set(wanted.filter(isOwn))];
}
