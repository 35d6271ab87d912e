import type { Interval } from '@serendip/training-domain';
import { count, left } from '../explain/text.js';
import type { OffPolicy, Quality } from './evaluate.js';

export interface Evaluation {
  readonly slates: number;
  /** Slates of which something came, which quality is measured on. */
  readonly answered: number;
  readonly people: number;
  readonly outcomes: readonly string[];
  /** The model, what it is held against, and the order that was served. */
  readonly models: readonly { readonly name: string; readonly quality: Quality; readonly offPolicy?: OffPolicy }[];
  readonly against: string;
  /** NDCG@10 of the model less that of the other. */
  readonly difference: Interval;
}

const COLUMN = 26;

export function evaluationText({ slates, answered, people, outcomes, models, against, difference }: Evaluation): string {
  const nameWidth = Math.max(...models.map(({ name }) => name.length), 9) + 2;
  const metrics = ['ndcg@10', 'hr@10', 'mrr'] as const;
  const [model] = models;
  return [
    `${count(slates)} slates of ${count(people)} people; something came of ${count(answered)} (${outcomes.join(', ')}).`, '',
    `${left('', nameWidth)}${metrics.map((metric) => left(metric.toUpperCase(), COLUMN)).join('')}`.trimEnd(),
    ...models.map(({ name, quality }) => `${left(name, nameWidth)}${metrics.map((metric) => left(interval(quality[metric]), COLUMN)).join('')}`.trimEnd()), '',
    `${model!.name} less ${against}, NDCG@10: ${interval(difference)}${difference.low > 0 ? ': better' : difference.high < 0 ? ': worse' : ': chance explains it'}.`,
    ...models.flatMap(({ name, offPolicy }) => (name === 'as served' ? [] : [offPolicyText(name, offPolicy)])),
  ].join('\n');
}

const interval = ({ mean, low, high }: Interval): string => `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;

function offPolicyText(name: string, offPolicy: OffPolicy | undefined): string {
  if (offPolicy === undefined) return `${name}, off-policy: nothing was left to chance (every propensity is 1), so the log can't tell.`;
  const { ips, snips, effectiveSamples, choices, clipped } = offPolicy;
  return `${name}, off-policy: ${interval(ips)} answers an item shown (IPS), ${snips.toFixed(4)} (SNIPS); worth ${count(Math.round(effectiveSamples))} of ${count(choices)} choices, ${count(clipped)} weights cut.`;
}
