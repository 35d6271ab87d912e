import type { Colors } from 'picocolors/types.js';
import { count, cut, left, right, wrapped } from '../explain/text.js';
import type { ListAnswer, ReplayAnswer, ShowAnswer } from './answers.js';

export interface View {
  readonly columns: number;
  readonly colors: Colors;
}

const ID = 35;
const TIMES = 7;
const WHEN = 17;

/** To the minute, UTC. */
const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')}`;

/** Dead letters for a person to read: two lines for each. */
export function listText({ items, totals, nextCursor }: ListAnswer, { columns, colors }: View): string {
  const all = Object.entries(totals).sort((a, b) => b[1] - a[1]);
  const sum = all.reduce((total, [, n]) => total + n, 0);
  if (sum === 0) return 'There are no dead letters: nothing was refused in the last 30 days, or it was replayed or purged.';
  const reasonWidth = columns - ID - TIMES - WHEN - 4;
  const head = `${left('id', ID)}  ${left('reason', reasonWidth)}${right('times', TIMES)}  ${left('last (UTC)', WHEN)}`.trimEnd();
  const rows = items.flatMap(({ id, reason, count: times, lastAt, source, detail }) => [
    `${left(id, ID)}  ${left(reason, reasonWidth)}${right(count(times), TIMES)}  ${left(minute(lastAt), WHEN)}`.trimEnd(),
    colors.dim(`  ${cut(`${source}: ${detail}`, columns - 2)}`),
  ]);
  return [
    ...wrapped([`${count(sum)} dead ${sum === 1 ? 'letter' : 'letters'}`, ...all.map(([reason, n]) => `${reason} ${count(n)}`)], ' · ', columns),
    '',
    ...(items.length === 0 ? ['None of them is what you asked for.'] : [colors.bold(head), ...rows]),
    ...(nextCursor === undefined ? [] : ['', colors.dim('There are more: --limit shows up to 10,000, --reason and --user show fewer.')]),
  ].join('\n');
}

/** One dead letter with its original. */
export function showText({ id, reason, detail, count: times, firstAt, lastAt, source, userId, original, originalFormat, isCut, place }: ShowAnswer, { columns, colors }: View): string {
  const facts: readonly (readonly [string, string])[] = [
    ['reason', reason], ['detail', detail], ['refused by', source], ['times', count(times)], ['first', firstAt], ['last', lastAt],
    ...(userId === undefined ? [] : [['user', userId] as const]),
    ...(place === undefined ? [] : [['place', `position ${place.position} of partition ${place.partition} of the log`] as const]),
  ];
  return [
    colors.bold(id),
    ...facts.map(([name, value]) => `${left(name, 12)}${cut(value, columns - 12)}`),
    '',
    colors.bold(`original${originalFormat === 'json' ? '' : `, as ${originalFormat}`}${isCut ? ', its first 64 KiB' : ''}`),
    originalFormat === 'json' ? JSON.stringify(original, null, 2) : String(original),
  ].join('\n');
}

/** What became of each; those that were replayed are only counted. */
export function replayText({ replayed, refused, unknown, results }: ReplayAnswer, { columns, colors }: View): string {
  const kept = results.filter(({ outcome }) => outcome !== 'replayed');
  return [
    `${count(replayed)} replayed, ${count(refused)} refused again, ${count(unknown)} not there`,
    ...kept.map(({ id, reason = 'not there', detail = '' }) => cut(`${id} ${reason}${detail === '' ? '' : `: ${detail}`}`, columns)).map((line) => colors.yellow(line)),
  ].join('\n');
}
