import { left } from '../../explain/text.js';
import type { Comparison } from './compare.js';

const NAME = 22;
const COLUMN = 16;

/** A compressed model beside its parent, a line for each figure. */
export function comparisonText(reference: string, how: string, { rows, parent, model, scores, ndcg }: Comparison): string {
  const row = (name: string, one: string, other: string, change = ''): string => `${left(name, NAME)}${left(one, COLUMN)}${left(other, COLUMN)}${change}`.trimEnd();
  const figure = (name: string, one: number, other: number, digits: number): string => row(name, one.toFixed(digits), other.toFixed(digits), percent(one, other));
  return [
    `${reference}: ${how}`, '',
    row('', 'parent', 'compressed'),
    figure('size, KiB', parent.bytes / 1024, model.bytes / 1024, 1),
    figure(`p50, ${rows} row${rows === 1 ? '' : 's'}, ms`, parent.p50Ms, model.p50Ms, 3),
    figure('cost, million runs', parent.costPerMillion, model.costPerMillion, 4),
    figure('memory, MiB', parent.memoryMiB, model.memoryMiB, 0),
    ...(ndcg === undefined ? [] : [row('NDCG@10', ndcg.parent.toFixed(4), ndcg.model.toFixed(4), `${signed(ndcg.difference.mean)} [${signed(ndcg.difference.low)}, ${signed(ndcg.difference.high)}], ${ndcg.slates} slates`)]),
    `Scores differ by ${scores.mean.toPrecision(2)} on average and by ${scores.max.toPrecision(2)} at most (${scores.rows} ${ndcg === undefined ? 'golden outputs' : 'rows'}).`,
  ].join('\n');
}

const percent = (one: number, other: number): string => {
  const change = Math.round((100 * (other - one)) / one);
  return Number.isFinite(change) ? `${change > 0 ? '+' : ''}${change} %` : '';
};

export const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
