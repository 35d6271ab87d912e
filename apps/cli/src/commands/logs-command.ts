import { globSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { entryJson, entryText, isAtLeast, LEVELS, type Level, type LogEntry } from '../logs/log-entry.js';
import { LogFiles, servicesIn } from '../logs/log-files.js';
import { EXIT, Failure } from './failure.js';
import { colorsOf, type Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip logs                            what all services have said in the last ten minutes, merged by time (UTC)
  serendip logs gateway ranking --follow   two of them, and what they go on to say
  serendip logs --level warn --since 2h    what went wrong
  serendip logs --json | jq .msg           as the services wrote it

They are those of the stack that runs in this folder (.serendip/*/logs). In a cluster: kubectl logs -l app.kubernetes.io/name=ranking -f
Exit codes: 0 done, 1 there are no logs here, 2 wrong usage.`;

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

interface Flags {
  readonly follow: boolean;
  readonly level: Level;
  readonly since: number;
  readonly dir?: string;
  readonly json: boolean;
}

export interface LogsOptions {
  /** Ends --follow; by default nothing does but the terminal. */
  readonly signal?: AbortSignal;
  readonly nowMs?: number;
  /** Where it says that there is nothing; by default standard error. */
  readonly errors?: Output;
}

/** `serendip logs`; rejects with Failure, and with CommanderError for wrong usage. */
export function logsCommand(output: Output = process.stdout, options: LogsOptions = {}): Command {
  return new Command('logs')
    .description('what the services of the stack on this machine have logged, merged by time')
    .argument('[service...]', 'which of them (default: all)')
    .option('--follow', 'go on with what they write', false)
    .addOption(new Option('--level <level>', 'nothing below it').choices(LEVELS).default('info'))
    .addOption(new Option('--since <time>', 'how far back, for example 30s, 10m, 2h, 1d').argParser(duration).default(10 * UNITS_MS.m, '10m'))
    .option('--dir <dir>', 'the folder of the logs (default: that of the stack in this folder)')
    .option('--json', 'a line of JSON each, as the services wrote it', false)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip logs --help shows examples)')
    .exitOverride()
    .action((services: readonly string[], flags: Flags) => run(services, flags, { output, ...options }));
}

async function run(asked: readonly string[], { follow, level, since, dir = logsHere(), json }: Flags, { output, signal = new AbortController().signal, nowMs = Date.now(), errors = process.stderr }: LogsOptions & { readonly output: Output }): Promise<void> {
  const there = dir === undefined ? [] : await servicesIn(dir);
  if (dir === undefined || there.length === 0) {
    throw new Failure(`There are no logs in ${dir ?? '.serendip/*/logs'}: run this where the stack was started, or say --dir.\n  In a cluster the logs are with it: kubectl logs -l app.kubernetes.io/name=ranking -f`, EXIT.refused);
  }
  const unknown = asked.find((service) => !there.includes(service));
  if (unknown !== undefined) throw new Failure(`No service '${unknown}' has a log here: there are ${there.join(', ')}.`, EXIT.usage);
  const colors = colorsOf(output);
  const show = (entries: readonly LogEntry[]): void => {
    for (const entry of entries) output.write(`${json ? entryJson(entry) : entryText(entry, colors)}\n`);
  };
  const files = new LogFiles(dir, asked.length === 0 ? there : asked);
  const recent = (await files.read()).filter(({ timeMs }) => timeMs >= nowMs - since).filter(isAtLeast(level));
  show(recent);
  if (recent.length === 0) errors.write(`Nothing of level ${level} or above in this time: --since looks further back, --level deeper.\n`);
  if (follow) for await (const entries of files.follow(signal)) show(entries.filter(isAtLeast(level)));
}

/** The logs of the stack that was started in this folder; of several, those that were written last. */
function logsHere(folder = process.cwd()): string | undefined {
  const newest = (logs: string): number => Math.max(0, ...readdirSync(logs).map((name) => statSync(join(logs, name)).mtimeMs));
  return globSync(join(folder, '.serendip/*/logs')).sort((a, b) => newest(b) - newest(a))[0];
}

function duration(text: string): number {
  const [, count, unit] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a number of seconds, minutes, hours or days, for example 30s, 10m, 2h, 1d.');
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}
