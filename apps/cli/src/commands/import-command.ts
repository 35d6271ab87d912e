import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { DomainError } from '@serendip/shared-errors';
import { Command, Option } from 'commander';
import { FORMATS } from '../importing/formats.js';
import { mappingOf, over, readMapping } from '../importing/mapping.js';
import { makePlan, summaryOf, type Plan } from '../importing/plan.js';
import { readGorse } from '../importing/read-gorse.js';
import { render } from '../importing/render.js';
import { RejectsFile } from '../importing/rejects-file.js';
import type { Rows } from '../importing/rows.js';
import { beginImport, runPlan } from '../importing/run-plan.js';
import { verifyPlan } from '../importing/verify-plan.js';
import { EXIT, Failure } from './failure.js';
import { importMovieLensCommand } from './import-movielens-command.js';
import { importClient, importOptions, type ImportFlags } from './import-options.js';
import type { Output } from './output.js';
import { Progress } from './progress.js';

interface Flags extends ImportFlags {
  readonly format?: string;
  readonly file?: readonly string[];
  readonly from?: string;
  readonly fromKey: string;
  readonly mapping?: string;
  readonly dryRun: boolean;
  readonly verify: boolean;
}

/** `serendip import …` */
export function importCommand(output: Output = process.stdout): Command {
  const command = new Command('import')
    .description('load items, users and events of another system through the public API; run it again and it goes on where it stopped')
    .addOption(new Option('--format <format>', 'what the files are').choices(Object.keys(FORMATS)))
    .option('--file <path...>', 'the files, in any order')
    .option('--from <url>', 'a running Gorse to read instead of files, for example http://127.0.0.1:8088')
    .option('--from-key <key>', 'its API key', '')
    .option('--mapping <file>', 'which column is what (YAML); needed for csv and jsonl')
    .option('--dry-run', 'write nothing: say what would be written, and which rows are bad and why', false)
    .option('--verify', 'afterwards compare counts and samples with what the API answers', false);
  return importOptions(command, { names: '<format>-<first file>', state: 'what an import is made of' })
    .enablePositionalOptions()
    .action((flags: Flags) => run(flags, output))
    .addCommand(importMovieLensCommand());
}

async function run(flags: Flags, output: Output): Promise<void> {
  const { json, dryRun, verify, gateway, key } = flags;
  if (!dryRun && key === undefined) throw new Failure('A secret key is needed: give --key or set SERENDIP_KEY.', EXIT.usage);
  const progress = new Progress({ quiet: json });
  const plan = await planOf(flags, progress);
  const state = dryRun ? undefined : await beginImport(importClient(gateway, key!), plan, { ...flags, name: nameOf(flags) });
  const rejects = new RejectsFile(flags.rejects, { goesOn: (state?.lastBatch ?? 0) > 0 });
  try {
    plan.bad.forEach(rejects.add);
    const written = state === undefined ? undefined : await runPlan(importClient(gateway, key!), plan, { ...flags, state, onRefused: rejects.add, onProgress: progress.update });
    const verdict = verify && written !== undefined ? await verifyPlan(importClient(gateway, key!), plan, { importId: written.import, refused: rejects.places }) : undefined;
    const report = { ...summaryOf(plan), dryRun, ...(written ?? {}), ...(verdict === undefined ? {} : { verified: verdict }) };
    output.write(json ? `${JSON.stringify({ ...report, badRows: plan.bad.slice(0, 100) })}\n` : render(report, plan.bad, flags.rejects));
    if ((dryRun && plan.bad.length > 0) || (verdict?.differences.length ?? 0) > 0) process.exitCode = EXIT.refused;
  } finally {
    rejects.close();
  }
}

async function planOf({ format: name, file: files = [], from, fromKey, mapping: path }: Flags, progress: Progress): Promise<Plan> {
  if (name === undefined) throw new Failure(`Say what the files are: --format ${Object.keys(FORMATS).join('|')}, or import movielens <dir>.`, EXIT.usage);
  const format = FORMATS[name]!;
  if (files.length === 0 && from === undefined) throw new Failure('Say what to read: --file, or --from for a running Gorse.', EXIT.usage);
  if (from !== undefined && name !== 'gorse') throw new Failure('--from reads a running Gorse: give --format gorse, or --file.', EXIT.usage);
  if (format.mapping === undefined && path === undefined) throw new Failure(`--format ${name} needs a --mapping that says which column is what: docs/guides/migrating.md has one.`, EXIT.usage);
  const mapping = over(format.mapping ?? mappingOf({}), path === undefined ? mappingOf({}) : readMapping(path));
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new DomainError('NOT_FOUND', 'DATA_MISSING', `There is no file ${missing}.`);
  const rows = async function* (): Rows {
    if (from !== undefined) yield* readGorse(from, fromKey);
    for (const file of files) yield* format.read(file);
  };
  return makePlan(rows(), format, mapping, (count) => progress.update('rows', count, count));
}

function nameOf({ name, format, file, from }: Flags): string {
  return name ?? `${format}-${from === undefined ? basename(resolve(file![0]!)) : new URL(from).host}`;
}
