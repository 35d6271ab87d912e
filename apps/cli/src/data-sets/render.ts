import { count, left, right } from '../explain/text.js';
import type { DataSetAnswer, ListAnswer } from './answers.js';

const ID = 37;
const ROWS = 12;

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Data sets for a person to read, a line each. */
export function listText({ items }: ListAnswer): string {
  if (items.length === 0) return 'There are no data sets: `serendip dataset create --from 2026-11-01 --to 2026-12-01` makes one.';
  return [
    `${left('id', ID)}${left('from (UTC)', 18)}${left('to (UTC)', 18)}${right('events', ROWS)}`,
    ...items.map(({ id, from, to, rows }) => `${left(id, ID)}${left(minute(from), 18)}${left(minute(to), 18)}${right(count(rows), ROWS)}`),
  ].join('\n');
}

/** One data set. */
export function dataSetText({ id, from, to, createdAt, rows, commit, versions, files, rewrittenFiles }: DataSetAnswer): string {
  const facts: readonly (readonly [string, string])[] = [
    ['from', from], ['to', to], ['created', createdAt], ['events', count(rows)], ['files', `${count(files.length)}, ${megabytes(files.reduce((sum, { bytes }) => sum + bytes, 0))}`],
    ['archive', `commit ${commit}`], ['versions', Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')],
    ...(rewrittenFiles === 0 ? [] : [['rewritten', `${count(rewrittenFiles)} files, without somebody who was erased since`] as const]),
  ];
  return [id, ...facts.map(([name, value]) => `${left(name, 12)}${value}`)].join('\n');
}
