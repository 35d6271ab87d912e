import type { FeatureCosts } from '@serendip/ranking-domain';
import { z } from 'zod';
import { count } from '../explain/text.js';

export const featuresAnswer = z.looseObject({
  items: z.array(z.looseObject({ name: z.string(), entity: z.string(), computed: z.string(), meaning: z.string(), timeToLive: z.object({ since: z.string() }).optional() })),
});

type Feature = z.infer<typeof featuresAnswer>['items'][number];

/** Whether a name is a pattern: each feature that is named by it costs something, while those that are declared are computed together. */
const isPattern = ({ name }: Feature): boolean => name.includes('<');

/** What a feature costs, microseconds for each slate: of a pattern one more, of a declared one all of its entity; undefined for one that was not measured. */
export function costOf(feature: Feature, { byPattern, byEntity }: FeatureCosts): number | undefined {
  return isPattern(feature) ? byPattern[feature.name] : (byEntity as Readonly<Record<string, number | undefined>>)[feature.entity];
}

export function featureTable(features: readonly Feature[], costs: FeatureCosts): readonly string[] {
  const rows = [['feature', 'entity', 'computed', 'cost', 'time-to-live since', 'meaning'], ...features.map((feature) => [
    feature.name, feature.entity, feature.computed, cost(feature, costs), feature.timeToLive?.since ?? '–', feature.meaning,
  ])];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : column === COST ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  '));
  return [...lines, ...explained(features, costs)];
}

const COST = 3;
const micros = (value: number): string => (value < 0.5 ? '< 1 µs' : `${count(Math.round(value))} µs`);

function cost(feature: Feature, costs: FeatureCosts): string {
  const value = costOf(feature, costs);
  if (value === undefined) return '–';
  return isPattern(feature) ? `+ ${micros(value)}` : micros(value);
}

function explained(features: readonly Feature[], { candidates, interactions, items, slates, total, byEntity, timeToLive }: FeatureCosts): readonly string[] {
  const patterns = features.filter(isPattern).length;
  const parts = Object.entries(byEntity).map(([entity, value]) => `${entity} ${micros(value)}`);
  const rest = total - Object.values(byEntity).reduce((sum, value) => sum + value, 0);
  return [
    `${count(features.length - patterns)} features and ${patterns} patterns of more: each a float32, 0 where nothing is known`,
    `cost: microseconds for a slate of ${count(candidates)} candidates; all declared features ${micros(total)}: ${parts.join(', ')}, what they share ${micros(Math.max(0, rest))}`,
    '  a declared feature shows what all of its entity cost together; + is what one more costs that a ranker names by a pattern, such as user_count.click.7d',
    `  a time-to-live, as in seen_count@30d: + ${micros(timeToLive)}`,
    `  measured just now on this computer, one thread, with made-up data: ${count(items)} items, a user with ${interactions} interactions; the fastest tenth of ${count(slates)} slates with each set of features`,
  ];
}
