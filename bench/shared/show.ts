/** What every show does alike: its options, its table, and its last line of JSON. */
import { parseArgs } from 'node:util';

export interface Target {
  /** The figure must be at most, at least or above this, or equal to it. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly above?: number;
  readonly equals?: number;
}

export interface Outcome {
  readonly figures: Readonly<Record<string, unknown>>;
  /** By the figure's name; `outer.inner` for one inside of another. */
  readonly targets: Readonly<Record<string, Target>>;
}

export interface ShowOptions {
  readonly data: string | undefined;
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

interface Show {
  readonly name: string;
  readonly help: string;
  /** Options besides --data and --help. */
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly help: string }>>;
  run(options: ShowOptions): Promise<Outcome>;
}

function meets(figure: unknown, { atMost, atLeast, above, equals }: Target): boolean {
  if (typeof figure !== 'number' || Number.isNaN(figure)) return false;
  return (atMost === undefined || figure <= atMost) && (atLeast === undefined || figure >= atLeast) && (above === undefined || figure > above) && (equals === undefined || figure === equals);
}

function said({ atMost, atLeast, above, equals }: Target): string {
  return [atMost === undefined ? '' : `≤ ${atMost}`, atLeast === undefined ? '' : `≥ ${atLeast}`, above === undefined ? '' : `> ${above}`, equals === undefined ? '' : `= ${equals}`].filter(Boolean).join(', ');
}

const text = (figure: unknown): string => (typeof figure === 'number' ? figure.toLocaleString('en', { maximumFractionDigits: 4 }) : JSON.stringify(figure));

/** Every figure by its name; those inside of another by both names. */
function flat(figures: Readonly<Record<string, unknown>>, prefix = ''): readonly (readonly [string, unknown])[] {
  return Object.entries(figures).flatMap(([name, value]) => (
    typeof value === 'object' && value !== null && !Array.isArray(value) ? flat(value as Record<string, unknown>, `${prefix}${name}.`) : [[prefix + name, value] as const]
  ));
}

/** Runs a show: a table for a person, then one line of JSON. Exits 0 when it ran, whatever it found; 1 when it could not run. */
export async function show({ name, help, options = {}, run }: Show): Promise<void> {
  const known = { help: { type: 'boolean' }, data: { type: 'string' }, ...Object.fromEntries(Object.entries(options).map(([flag, { type }]) => [flag, { type }])) } as const;
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ options: known, strict: true }));
  } catch (error) {
    console.error(`✗ ${name}: ${(error as Error).message}. --help lists its options.`);
    process.exitCode = 1;
    return;
  }
  const { help: wantsHelp, data, ...flags } = values;
  if (wantsHelp === true) {
    console.log(`${name}\n\n${help}\n\n  --data <dir>   real data to use, where the show can\n${Object.entries(options).map(([flag, o]) => `  --${flag.padEnd(12)} ${o.help}`).join('\n')}`);
    return;
  }
  // Ended from outside, it ends what it has started: that is done as it exits.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  try {
    const { figures, targets } = await run({ data: typeof data === 'string' ? data : undefined, flags });
    const named = flat(figures);
    const rows = named.map(([figure, value]) => {
      const target = targets[figure];
      return [figure, text(value), target === undefined ? '' : said(target), target === undefined ? '' : meets(value, target) ? 'met' : 'NOT MET'];
    });
    const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length), 6));
    console.log(`\n${name}`);
    for (const row of rows) console.log(`  ${row[0]!.padEnd(widths[0]!)}  ${row[1]!.padStart(Math.min(widths[1]!, 60))}  ${row[2]!.padEnd(widths[2]!)}  ${row[3]}`);
    const values = new Map(named);
    const met = Object.entries(targets).every(([figure, target]) => meets(values.get(figure), target));
    console.log(JSON.stringify({ name, figures, targets, met }));
  } catch (error) {
    console.error(`✗ ${name} could not run: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}

/** The p-quantile of samples, 0 for none. */
export function quantile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
}

export const rounded = (figure: number, digits: number): number => Math.round(figure * 10 ** digits) / 10 ** digits;

/** Says what is going on, with the time since the start. */
const startedAt = performance.now();
export function note(line: string): void {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}`);
}
