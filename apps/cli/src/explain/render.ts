import type { Colors } from 'picocolors/types.js';
import type { ExplainedAnswer } from './answer.js';
import { funnelLines } from './funnel.js';
import { itemLines } from './items.js';
import { cut, left, milliseconds, plain, right, widthOf } from './text.js';

export interface View {
  /** Of the terminal, at most 100 are used. */
  readonly columns: number;
  readonly colors: Colors;
  /** Whom the list is for, as a person says it. */
  readonly who: string;
  /** Features shown of each item. */
  readonly reasons: number;
}

const CACHE: Readonly<Record<string, string>> = {
  hit: 'its candidates and scores were there already, made for an identical request: times are of then',
  shared: 'its candidates and scores were being made for an identical request: times are of that one',
};

/** An explained answer for a person to read. */
export function render(answer: ExplainedAnswer, { columns, colors, who, reasons }: View): string {
  const heading = (text: string, aside = ''): string => `${colors.bold(text)}${colors.dim(aside)}`;
  return [
    ...headLines(answer, { columns, colors, who, reasons }),
    '',
    heading('How the list came about', '   (bars on a logarithmic scale)'),
    ...funnelLines(answer, { columns, colors }),
    '',
    heading('The list'),
    ...(answer.items.length === 0 ? ['Nothing may be shown: see above where it was left.'] : itemLines(answer, { columns, colors, reasons })),
    ...footLines(answer, { columns, colors }),
  ].join('\n');
}

function headLines({ placement, items, tookMs, models, experiments, degraded, userState, cache }: ExplainedAnswer, { columns, colors, who }: View): readonly string[] {
  const facts = `${items.length} items · ${milliseconds(tookMs)}`;
  const title = `${placement} for ${who}`;
  const by = [
    models.retriever ?? 'no retriever', models.ranker ?? 'no ranker', ...experiments.map(({ experiment, arm }) => `${experiment}: arm ${arm}`),
  ];
  return [
    `${colors.bold(left(title, columns - widthOf(facts) - 1))}${right(facts, widthOf(facts) + 1)}`,
    cut(`by ${by.join(', ')}`, columns),
    ...(userState === undefined ? [] : [cut(userState.position === 0 ? 'nothing is known of what they did: the list is what suits anybody'
      : `knows what they did up to position ${userState.position} of partition ${userState.partition} of the log`, columns)]),
    ...(cache !== undefined && CACHE[cache] !== undefined ? [colors.dim(cut(CACHE[cache], columns))] : []),
    ...degraded.map(({ stage, reason }) => colors.yellow(cut(`! without ${stage}: ${reason}`, columns))),
  ];
}

function footLines({ scoring, recommendationId }: ExplainedAnswer, { columns, colors }: Pick<View, 'columns' | 'colors'>): readonly string[] {
  const lines = scoring === undefined ? [] : [
    `score = ${scoring.objective.map(({ head, weight }) => `${plain(weight)} × ${head}`).join(' + ')}, then boosts; an average item has ${plain(scoring.baseline)}`,
    'a signed number says how much lower the score is when that feature has its usual value',
  ];
  return ['', ...[...lines, recommendationId].map((line) => colors.dim(cut(line, columns)))];
}
