import type { Colors } from 'picocolors/types.js';
import { left, plain, widthOf, wrapped } from '../explain/text.js';
import type { CheckAnswer, VersionAnswer, WholeVersionAnswer } from './answers.js';

export interface View {
  readonly columns: number;
  readonly colors: Colors;
}

const NAME = 12;

/** One check: its sign, its name and what it found; figures below. */
export function checkText({ name, outcome, detail, figures }: CheckAnswer, { columns, colors }: View): string {
  const sign = { passed: colors.green('✓'), failed: colors.red('✗'), skipped: colors.dim('–') }[outcome];
  const words = wrapped(detail.split(' '), ' ', columns - NAME - 2);
  const indent = ' '.repeat(NAME + 2);
  const shown = wrapped(Object.entries(figures).map(([figure, value]) => `${figure} ${plain(value)}`), ' · ', columns - NAME - 2);
  return [`${sign} ${left(name, NAME)}${words.join(`\n${indent}`)}`, ...shown.map((line) => `${indent}${colors.dim(line)}`)].join('\n');
}

/** Versions, the newest of each model first. */
export function modelsText(models: readonly VersionAnswer[], { columns, colors }: View): string {
  if (models.length === 0) return 'There are no models yet: `serendip model init my-model` writes a project that makes one.';
  const rows = [...models].sort((a, b) => (a.name === b.name ? b.version - a.version : a.name < b.name ? -1 : 1));
  const nameWidth = Math.max(...rows.map(({ name, version }) => `${name}@${version}`.length), 5) + 2;
  const head = `${left('model', nameWidth)}${left('kind', 14)}${left('checks', 9)}${left('created (UTC)', 18)}aliases`;
  return [colors.bold(head), ...rows.map(({ name, version, kind, checks, createdAt, aliases }) => (
    `${left(`${name}@${version}`, nameWidth)}${left(kind, 14)}${colored(checks, colors)(left(checks, 9))}${left(createdAt.slice(0, 16).replace('T', ' '), 18)}${left(aliases.join(', '), columns - nameWidth - 41)}`.trimEnd()
  ))].join('\n');
}

const colored = (checks: string, colors: Colors): ((text: string) => string) => (checks === 'passed' ? colors.green : checks === 'failed' ? colors.red : colors.yellow);

/** A version with what its model.yaml says and what its checks found. */
export function versionText(version: WholeVersionAnswer, view: View): string {
  const { colors, columns } = view;
  const { checkResults, checks } = version;
  const facts = Object.entries(factsOf(version));
  const width = Math.max(...facts.map(([name]) => name.length), NAME) + 2;
  return [
    colors.bold(`${version.name}@${version.version}`),
    ...facts.flatMap(([name, value]) => wrapped(value.split(' '), ' ', columns - width).map((line, i) => `${left(i === 0 ? name : '', width)}${line}`)),
    '',
    ...(checkResults.length === 0 ? [`Its checks are ${checks}.`] : checkResults.map((check) => checkText(check, view))),
  ].join('\n');
}

const OWN_FEATURES = 'own features';

/** What two versions differ in, side by side. */
export function diffText([a, b]: readonly [WholeVersionAnswer, WholeVersionAnswer], { columns, colors }: View): string {
  const [one, other] = [{ ...factsOf(a), ...figuresOf(a) }, { ...factsOf(b), ...figuresOf(b) }];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]);
  if (names.length === 0) return `${a.name}@${a.version} and ${b.name}@${b.version} differ in nothing.`;
  const nameWidth = Math.max(...names.map(({ length }) => length), OWN_FEATURES.length) + 2;
  const width = Math.floor((columns - nameWidth) / 2);
  const row = (name: string, x: string, y: string): string => sideBySide([left(name, nameWidth)], cell(x, width), cell(y, width));
  return [
    colors.bold(row('', `${a.name}@${a.version}`, `${b.name}@${b.version}`)),
    ...names.map((name) => (name === 'features' ? row(OWN_FEATURES, alone(one[name], other[name]), alone(other[name], one[name])) : row(name, one[name] ?? '–', other[name] ?? '–'))),
  ].join('\n');
}

/** Lines of at most so many columns with a gap behind them. */
const cell = (text: string, width: number): readonly string[] => wrapped(text.split(' '), ' ', width - 2).map((line) => left(line, width));

function sideBySide(...cells: readonly (readonly string[])[]): string {
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, i) => cells.map((lines) => lines[i] ?? ' '.repeat(widthOf(lines[0]!))).join('').trimEnd()).join('\n');
}

/** Of two lists of names what the first has and the second has not. */
function alone(names = '', others = ''): string {
  const known = new Set(others.split(' '));
  const own = names.split(' ').filter((name) => !known.has(name)).join(' ');
  const isShuffled = names.length === others.length && [...known].every((name) => names.split(' ').includes(name));
  return own !== '' ? own : isShuffled ? 'the same, in another order' : '–';
}

function factsOf({ kind, digest, createdAt, aliases, metrics, description = {} }: WholeVersionAnswer): Record<string, string> {
  const { dataset, owner, lineage, tags, notes, features, heads, format, retriever } = description as Record<string, unknown>;
  const said = (value: unknown): string => (Array.isArray(value) ? value.map(said).join(', ') : typeof value === 'object' && value !== null ? Object.entries(value).map(([name, each]) => `${name} ${said(each)}`).join(', ') : String(value));
  const entries: readonly (readonly [string, unknown])[] = [
    ['kind', kind], ['format', format], ['aliases', aliases.join(', ')], ['created', createdAt], ['digest', digest], ['for', (retriever as { readonly name: string } | undefined)?.name], ['data set', dataset], ['owner', owner], ['lineage', lineage], ['tags', tags], ['notes', notes],
    ['heads', headsOf(heads)], ['features', Array.isArray(features) ? features.join(' ') : undefined], ...Object.entries(metrics).map(([name, value]) => [name, plain(value)] as const),
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => [name, said(value)]));
}

/** As a score is made of them. */
function headsOf(heads: unknown): string | undefined {
  if (!Array.isArray(heads)) return undefined;
  return (heads as readonly { readonly name: string; readonly weight: number }[]).map(({ name, weight }) => `${plain(weight)} · ${name}`).join(' + ');
}

const figuresOf = ({ checkResults }: WholeVersionAnswer): Record<string, string> => Object.fromEntries(checkResults.flatMap(({ name, outcome, figures }) => [
  [name, outcome] as const, ...Object.entries(figures).map(([figure, value]) => [`${name}.${figure}`, plain(value)] as const),
]));
