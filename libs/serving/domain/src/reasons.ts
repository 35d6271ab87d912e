import type { FeatureReason, RecommendedItem } from './recommendation.js';

const sourceReasons: Readonly<Record<string, string>> = {
  personal: 'Fits what you have been looking at',
  next: 'Often chosen next by people who looked at the same things',
  similar: 'Similar to what you looked at',
  trending: 'Trending now',
  popular: 'Popular with everyone',
  new: 'New in the catalogue',
  exploration: 'Something new',
  given: 'You asked for it',
  fallback: 'Popular with everyone',
};

interface Phrase {
  readonly matches: RegExp;
  say(item: RecommendedItem, feature: FeatureReason): string | undefined;
}

function firstCategory(item: RecommendedItem): string | undefined {
  const categories = item.document?.fields.categories;
  return Array.isArray(categories) && typeof categories.at(-1) === 'string' ? (categories.at(-1) as string) : undefined;
}

/** Features a person understands; the others move scores without being talked about. */
const phrases: readonly Phrase[] = [
  { matches: /^category_/, say: (item) => { const category = firstCategory(item); return category === undefined ? undefined : `You have been interested in ${category}`; } },
  { matches: /^label_/, say: () => 'Has much in common with what you have been interested in' },
  { matches: /^taste_/, say: () => 'People with your taste like it' },
  { matches: /^price_di/, say: () => 'In your usual price range' },
  { matches: /^popularity_(1d|trend)/, say: () => 'Much in demand today' },
  { matches: /^popularity_/, say: () => 'Well liked lately' },
  { matches: /^rating_mean/, say: () => 'Rated highly' },
  { matches: /^click/, say: () => 'People who see it tend to look at it' },
  { matches: /^(purchase|cart)_rate/, say: () => 'People who look at it tend to buy it' },
  { matches: /^age_days/, say: () => 'Recently added' },
];

/** Sentences for a person: why this item, strongest reason first; never empty. */
export function reasonsFor(item: RecommendedItem): readonly string[] {
  const said = item.sources.map((source) => sourceReasons[source]).filter((text) => text !== undefined);
  for (const feature of item.why?.features ?? []) {
    if (feature.contribution <= 0) continue;
    const text = phrases.find(({ matches }) => matches.test(feature.name))?.say(item, feature);
    if (text !== undefined && !said.includes(text)) said.push(text);
  }
  return said.length > 0 ? said.slice(0, 4) : ['Popular with everyone'];
}
