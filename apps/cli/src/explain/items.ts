import type { Colors } from 'picocolors/types.js';
import type { ExplainedAnswer, ExplainedItem } from './answer.js';
import { cut, left, plain, right, signed } from './text.js';

const RANK = 4;
const SOURCE = 13;
const NUMBER = 9;
const CONTRIBUTION = 9;
const MOST_HEADS = 4;
/** What is said of a value that nothing stands behind, by its status. */
const BEHIND: Readonly<Record<string, string>> = { NULL_VALUE: ' (nothing known)', NOT_FOUND: ' (a stranger)', OUTSIDE_MAX_AGE: ' (too old)' };

export interface ItemsView {
  readonly columns: number;
  readonly colors: Colors;
  /** Features shown of each item. */
  readonly reasons: number;
}

/** The list as a table, under each item what it owes its score to and what moved it. */
export function itemLines({ items }: ExplainedAnswer, { columns, colors, reasons }: ItemsView): readonly string[] {
  const heads = (items.find(({ explain }) => explain.heads.length > 0)?.explain.heads ?? []).slice(0, MOST_HEADS).map(({ head }) => head);
  const title = columns - RANK - SOURCE - NUMBER * (1 + heads.length) - 2;
  const header = `${right('#', RANK - 1)} ${left('item', title)}  ${left('source', SOURCE)}${right('score', NUMBER)}${heads.map((head) => right(head, NUMBER)).join('')}`;
  return [colors.dim(header), ...items.flatMap((item) => {
    const scores = heads.map((head) => right(headOf(item, head), NUMBER)).join('');
    const row = `${colors.dim(right(String(item.rank), RANK - 1))} ${colors.bold(left(item.fields?.title ?? item.id, title))}  ${colors.cyan(left(item.source, SOURCE))}${right(plain(item.score), NUMBER)}${scores}`;
    return [row.trimEnd(), ...detailsOf(item, { columns: columns - RANK, colors, reasons }).map((line) => ' '.repeat(RANK) + line)];
  })];
}

function headOf({ explain }: ExplainedItem, head: string): string {
  const found = explain.heads.find((entry) => entry.head === head);
  return found === undefined ? '–' : plain(found.score);
}

function detailsOf(item: ExplainedItem, { columns, colors, reasons }: ItemsView): readonly string[] {
  const { features, rules, propensity } = item.explain;
  return [
    colors.dim(cut(`${item.id} · ${wayOf(item)}`, columns)),
    ...features.slice(0, reasons).map(({ words, is, usually, contribution, status = '' }) => {
      const figures = `: ${plain(is)}${BEHIND[status] ?? ''}, usually ${plain(usually)}`;
      const paint = contribution < 0 ? colors.red : colors.green;
      return `${paint(right(signed(contribution), CONTRIBUTION))}  ${cut(words, columns - CONTRIBUTION - 2 - figures.length)}${colors.dim(figures)}`;
    }),
    ...rules.map((rule) => colors.yellow(cut(`${' '.repeat(CONTRIBUTION - 1)}▸  ${ruleOf(rule)}`, columns))),
    ...(propensity === 1 ? [] : [colors.dim(cut(`${' '.repeat(CONTRIBUTION - 1)}▸  shown here with probability ${plain(propensity)}`, columns))]),
  ];
}

/** The places that an item had on its way. */
function wayOf({ explain: { ranks, sources }, rank }: ExplainedItem): string {
  const steps = [
    ...(ranks.retrieval === undefined ? [] : [`${ranks.retrieval}. by retrieval`]),
    ...(ranks.model === undefined ? [] : [`${ranks.model}. by the ranker`]),
    ...(ranks.adjusted === undefined || ranks.adjusted === (ranks.model ?? ranks.retrieval) ? [] : [`${ranks.adjusted}. after boosts`]),
    `${rank}. shown`,
  ];
  return `${sources.map(({ name }) => name).join(', ')} · ${steps.join(' → ')}`;
}

function ruleOf({ rule, effect, score, rank }: ExplainedItem['explain']['rules'][number]): string {
  const moved = score === undefined ? rank : score;
  return `${rule}: ${effect}${moved === undefined ? '' : ` (${score === undefined ? 'place' : 'score'} ${plain(moved.from)} → ${plain(moved.to)})`}`;
}
