import type { Colors } from 'picocolors/types.js';
import type { ExplainedAnswer, FunnelStep } from './answer.js';
import { bar, count, cut, left, milliseconds, right, wrapped } from './text.js';

const NAME = 14;
const COUNT = 9;
const TIME = 9;
const INDENT = NAME + COUNT + 1;

/** Why items are gone, in words; a rule of the tenant's own is named. */
const WHY: Readonly<Record<string, string>> = {
  eligible: 'not available now', categories: 'of other categories', excluded: 'excluded by the request', seen: 'known to the visitor', shown: 'on earlier pages',
  unasked: 'not asked about in time', 'not-found': 'found by no source', score: 'with too low a score', unavailable: 'not available any more', unknown: 'nobody knows any more',
  exploration: 'there for exploration only', limit: 'beyond the limit',
};

const whyOf = ({ rule, dropped }: FunnelStep['dropped'][number]): string => `${count(dropped)} ${WHY[rule] ?? `left out by ${rule}`}`;

/** Stages that handle candidates; the others are told in a line. */
const hasCandidates = ({ kind, stage }: FunnelStep): boolean => kind !== 'hydrator' && stage !== 'explanation';

/** The funnel as a picture in text: from all that there is to what is shown, bars on a logarithmic scale. */
export function funnelLines({ funnel }: ExplainedAnswer, { columns, colors }: { readonly columns: number; readonly colors: Colors }): readonly string[] {
  const steps = funnel.filter(hasCandidates);
  const most = Math.max(1, ...steps.flatMap((step) => [step.in, step.out]));
  const room = columns - INDENT - TIME - 1;
  const row = (name: string, n: number, time: string): string =>
    `${left(name, NAME)}${right(count(n), COUNT)} ${colors.cyan(left(bar(Math.log1p(n) / Math.log1p(most), room), room))}${colors.dim(right(time, TIME + 1))}`.trimEnd();
  const note = (text: string): string => ' '.repeat(INDENT) + text;

  const [first] = steps;
  const lines = first === undefined || first.in <= first.out ? [] : [row('catalogue', first.in, '')];
  for (const step of steps) {
    lines.push(row(step.stage, step.out, step.kind === 'answer' ? '' : milliseconds(step.tookMs)));
    for (const line of wrapped(step.dropped.map(whyOf), ', ', columns - INDENT - 2)) lines.push(note(colors.dim(`− ${line}`)));
    for (const line of wrapped(step.sources.map(sourceOf), ' · ', columns - INDENT)) lines.push(note(line));
    if (step.failure !== undefined) lines.push(note(colors.yellow(cut(`! left out: ${step.failure}`, columns - INDENT))));
  }
  const others = funnel.filter((step) => !hasCandidates(step)).map(({ stage, tookMs, failure }) => `${stage} ${milliseconds(tookMs)}${failure === undefined ? '' : ` (${failure})`}`);
  return others.length === 0 ? lines : [...lines, colors.dim(cut(`besides: ${others.join(' · ')}`, columns))];
}

const sourceOf = ({ name, found, failure }: FunnelStep['sources'][number]): string => `${name} ${failure === undefined ? count(found) : failure}`;
