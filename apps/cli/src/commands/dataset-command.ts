import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { creationAnswer, dataSetAnswer, exportAnswer, listAnswer, type DataSetAnswer, type FileAnswer } from '../data-sets/answers.js';
import { download } from '../data-sets/download.js';
import { dataSetText, listText } from '../data-sets/render.js';
import { count } from '../explain/text.js';
import { EXIT, Failure } from './failure.js';
import { askGateway, askMeanwhile, gatewayOptions, keyOf, type GatewayFlags } from './gateway-options.js';
import { print, type Output } from './output.js';
import { Progress } from './progress.js';

const EXAMPLES = `
Examples:
  serendip dataset create --from 2026-11-01 --to 2026-12-01      name what happened in November (UTC); prints an id
  serendip dataset create --from 2026-11-01                      until now
  serendip dataset list                                          which there are
  serendip dataset show ds_3f1c…                                 one of them, with its files
  serendip dataset export ds_3f1c… --out november                its events, as Parquet
  serendip dataset export ds_3f1c… --point-in-time --out tables  training tables: slates as served, their features, what came of them

Every command may be run again: the same times and options give the same version, and files that are there already are not fetched again.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no gateway.`;

const POLL_MS = 500;

interface CreateFlags extends GatewayFlags {
  readonly from: string;
  readonly to?: string;
}

interface ExportFlags extends GatewayFlags {
  readonly pointInTime: boolean;
  readonly outcomeHours?: number;
  readonly features: 'served' | 'replayed';
  readonly out?: string;
}

/** `serendip dataset …`; rejects with Failure, and with CommanderError for wrong usage. */
export function datasetCommand(output: Output = process.stdout): Command {
  const command = new Command('dataset')
    .description('name what happened as an immutable data set, and get it as Parquet')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip dataset --help shows examples)')
    .exitOverride();
  gatewayOptions(command.command('create').description('a version of what happened between two times'))
    .requiredOption('--from <time>', 'first event time, a day or RFC 3339', time)
    .option('--to <time>', 'event time before which it ends; now by default', time)
    .action((flags: CreateFlags) => create(flags, output));
  gatewayOptions(command.command('list').description('the newest first'))
    .action((flags: GatewayFlags) => list(flags, output));
  gatewayOptions(command.command('show').description('one data set'))
    .argument('<dataset>', 'its id')
    .action((id: string, flags: GatewayFlags) => show(id, flags, output));
  gatewayOptions(command.command('export').description('download its events, or training tables'))
    .argument('<dataset>', 'its id')
    .option('--point-in-time', 'training tables: slates as they were served, with features of that moment and what came of them', false)
    .addOption(new Option('--outcome-hours <hours>', 'an event counts as an outcome of its slate for so long (default: 24)').argParser(hours))
    .addOption(new Option('--features <from>', 'served: as the ranker saw them, made again only where they were not logged; replayed: all made again from the archive').choices(['served', 'replayed']).default('served'))
    .option('--out <dir>', 'where to; a folder named like the data set by default')
    .action((id: string, flags: ExportFlags) => exportTo(id, flags, output));
  return command;
}

async function create({ from, to = new Date().toISOString(), ...flags }: CreateFlags, output: Output): Promise<void> {
  const body = JSON.stringify({ from, to });
  const progress = new Progress({ quiet: flags.json });
  const ask: Parameters<typeof askMeanwhile>[1] = (client) => client.send('POST', '/v1/datasets', { body });
  let most = 0;
  for (;;) {
    const answer = creationAnswer.parse(await (most === 0 ? askGateway(flags, {}, ask) : askMeanwhile(flags, ask)));
    if ('files' in answer) {
      if (most > 0) progress.update('archiving', most, most);
      return print(answer as DataSetAnswer, flags, { output, text: dataSetText });
    }
    const waiting = Math.max(1, answer.recordsToArchive as number);
    most = Math.max(most, waiting);
    progress.update('archiving', most - waiting, most);
    await sleep(POLL_MS);
  }
}

async function list(flags: GatewayFlags, output: Output): Promise<void> {
  print(listAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', '/v1/datasets'))), flags, { output, text: listText });
}

async function show(id: string, flags: GatewayFlags, output: Output): Promise<void> {
  print(await read(id, flags), flags, { output, text: dataSetText });
}

async function read(id: string, flags: GatewayFlags): Promise<DataSetAnswer> {
  return dataSetAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', `/v1/datasets/${encodeURIComponent(id)}`)));
}

async function exportTo(id: string, { pointInTime, outcomeHours, features, out = id, ...flags }: ExportFlags, output: Output): Promise<void> {
  const progress = new Progress({ quiet: flags.json });
  const base = `/v1/datasets/${encodeURIComponent(id)}`;
  const { place, files, facts, own } = pointInTime ? await tables(base, { ...flags, outcomeHours, features }, progress) : await events(base, flags, id);
  const addressOf = (path: string): string => `${flags.url}${place}/file?${new URLSearchParams({ path })}`;
  await download(files, { addressOf, key: keyOf(flags), out, onFile: (done) => progress.update('downloading', done, files.length) });
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  print({ ...facts, out, files }, flags, { output, text: () => `${count(rows)} rows in ${count(files.length)} files below ${out}${own === undefined || own >= rows ? '' : outsideText(rows - own)}` });
}

/** Files are whole, and the first and last day of a data set may be none. */
const outsideText = (rows: number): string => `\n${count(rows)} of them are outside of the data set's times, in files of its first and last day: leave out what \`event_time\` says is.`;

interface Exported {
  /** Where its files are asked for. */
  readonly place: string;
  readonly files: readonly FileAnswer[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** Rows that belong to it, where its files may have others. */
  readonly own?: number;
}

async function events(base: string, flags: GatewayFlags, id: string): Promise<Exported> {
  const { files, rows, from, to } = await read(id, flags);
  return { place: base, files, own: rows, facts: { dataSetId: id, from, to, rows } };
}

async function tables(base: string, { outcomeHours, features, ...flags }: GatewayFlags & Pick<ExportFlags, 'outcomeHours' | 'features'>, progress: Progress): Promise<Exported> {
  const body = JSON.stringify({ features, ...(outcomeHours === undefined ? {} : { outcomeHours }) });
  let state = exportAnswer.parse(await askGateway(flags, {}, (client) => client.send('POST', `${base}/exports`, { body })));
  while (state.state === 'running') {
    await sleep(POLL_MS);
    const before = state;
    state = exportAnswer.parse(await askMeanwhile(flags, (client) => client.send('GET', `${base}/exports/${before.id}`)));
    if (state.stage !== before.stage) progress.update(before.stage, 100, 100, ' %');
    if (state.state === 'running') progress.update(state.stage, Math.min(99, Math.round(state.progress * 100)), 100, ' %');
  }
  if (state.state === 'failed') throw new Failure(`The export failed: ${state.error ?? 'nobody knows why'}\n  Run it again; if it fails again, look at the log of the trainer.`, EXIT.refused);
  const { id, dataSetId, featureNames, files } = state;
  return { place: `${base}/exports/${id}`, files, facts: { dataSetId, exportId: id, featureNames } };
}

/** A day means its beginning in UTC. */
function time(text: string): string {
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a day like 2026-11-01, or a time like 2026-11-01T12:00:00Z.');
  return new Date(ms).toISOString();
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value >= 0.1 && value <= 2160)) throw new InvalidArgumentError('It must be 0.1 to 2160 hours.');
  return value;
}
