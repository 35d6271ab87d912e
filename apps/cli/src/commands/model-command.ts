import { readFile } from 'node:fs/promises';
import type { Prices } from '@serendip/platform-config/prices';
import { Command, Option } from 'commander';
import { aliasAnswer } from '../models/answers.js';
import { checkFolder } from '../models/check-folder.js';
import { readModelFolder } from '../models/model-folder.js';
import { PROJECT_KINDS, writeProject, type ProjectKind } from '../models/project/write-project.js';
import { checked, modelsOf, readVersion, resolved, upload } from '../models/registry.js';
import { withFolder } from '../models/fetch-version.js';
import { openedModel } from '../models/opened-model.js';
import { nextOf } from '../models/next-step.js';
import { checkText, diffText, modelsText, versionText, type View } from '../models/render.js';
import { EXIT, Failure, refusable } from './failure.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { modelCompressCommand } from './model-compress-command.js';
import { modelImportCommand } from './model-import-command.js';
import { priceOptions } from './price-options.js';
import { colorsOf, columnsOf, print, type Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip model init my-ranker                       a Python project that trains a ranker and writes it here
  serendip model init my-encoder --kind item-encoder  one that gives new items their vectors
  serendip model import mlflow <folder> --out …       a bundle of a model that MLflow (or Triton) keeps
  serendip model check my-ranker                      the checks that a push makes, on this machine
  serendip model predict my-ranker rows.jsonl         what it answers; a line is {"inputs": {"features": [[…]]}}; a version may be asked, too
  serendip model push my-ranker                       the next version; waits for its checks
  serendip model list                                 every version, with its checks and aliases
  serendip model show ranker@4                        what it is and what its checks found
  serendip model diff ranker@3 ranker@4               what two versions differ in
  serendip model compress ranker@4 --int8             a smaller version of it, beside it
  serendip model promote ranker@4 --reason "…"        point the alias champion at it
  serendip model rollback ranker --reason "…"         point champion at the version before
  serendip model demote my-encoder --reason "…"       take champion away: it encodes nothing any more

Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage, 3 no gateway.`;

interface InitFlags {
  readonly kind: ProjectKind;
  readonly name?: string;
  readonly json: boolean;
}

interface CheckFlags extends Prices {
  readonly json: boolean;
}

interface PushFlags extends GatewayFlags {
  readonly wait: boolean;
}

interface PromoteFlags extends GatewayFlags {
  readonly alias: string;
  readonly reason: string;
  readonly force: boolean;
}

/** `serendip model …`; rejects with Failure, and with CommanderError for wrong usage. */
export function modelCommand(output: Output = process.stdout): Command {
  const command = new Command('model')
    .description('make, check, push, compare and promote models')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip model --help shows examples)')
    .exitOverride();
  command.command('init').description('write a Python project that trains a ranker on an exported data set, or an item encoder on the catalogue, and makes a bundle of it')
    .argument('<dir>', 'a new or empty folder; its name is the model\'s')
    .addOption(new Option('--kind <kind>', 'what the model is').choices(PROJECT_KINDS).default('ranker'))
    .option('--name <name>', 'the model\'s name, in place of the folder\'s')
    .option('--json', 'print what was written as JSON', false)
    .action((dir: string, flags: InitFlags) => init(dir, flags, output));
  priceOptions(command.command('check').description('make the checks that a push makes, here'))
    .argument('<dir>', 'the folder with model.yaml')
    .option('--json', 'print the checks as JSON', false)
    .action((dir: string, flags: CheckFlags) => check(dir, flags, output));
  gatewayOptions(command.command('predict').description('what a model answers, a line of JSON for each line of inputs; it runs on this machine'))
    .argument('<model@version>', 'a version, or a folder with model.yaml')
    .argument('[rows]', 'lines of inputs as golden.jsonl has them (default: golden.jsonl itself)')
    .action((reference: string, rows: string | undefined, flags: GatewayFlags) => answer(reference, rows, flags, output));
  gatewayOptions(command.command('push').description('send a folder as the next version and wait for its checks; the same content is the same version'))
    .argument('<dir>', 'the folder with model.yaml')
    .option('--no-wait', 'do not wait for the checks')
    .action((dir: string, flags: PushFlags) => push(dir, flags, output));
  gatewayOptions(command.command('list').description('every version, the newest of each model first'))
    .action((flags: GatewayFlags) => list(flags, output));
  gatewayOptions(command.command('show').description('what a version is, and what its checks found'))
    .argument('<model@version>', 'for example ranker@4, or an alias: ranker@champion')
    .action((reference: string, flags: GatewayFlags) => show(reference, flags, output));
  gatewayOptions(command.command('diff').description('what two versions differ in'))
    .argument('<model@version>', 'one').argument('<model@version>', 'the other')
    .action((one: string, other: string, flags: GatewayFlags) => diff([one, other], flags, output));
  gatewayOptions(command.command('promote').description('point an alias at a version whose checks have passed'))
    .argument('<model@version>', 'the version')
    .option('--alias <alias>', 'which alias', 'champion')
    .option('--reason <text>', 'why, for the audit', '')
    .option('--force', 'whatever its checks say; needs a reason', false)
    .action((reference: string, flags: PromoteFlags) => promote(reference, flags, output));
  gatewayOptions(command.command('rollback').description('point an alias at the version that it pointed at before'))
    .argument('<model>', 'the model')
    .option('--alias <alias>', 'which alias', 'champion')
    .option('--reason <text>', 'why, for the audit', '')
    .action((model: string, flags: Omit<PromoteFlags, 'force'>) => rollback(model, flags, output));
  gatewayOptions(command.command('demote').description('take an alias away; an item encoder without champion encodes nothing. What serves is refused'))
    .argument('<model>', 'the model')
    .option('--alias <alias>', 'which alias', 'champion')
    .option('--reason <text>', 'why, for the audit', '')
    .action((model: string, flags: Omit<PromoteFlags, 'force'>) => demote(model, flags, output));
  return command.addCommand(modelCompressCommand(output)).addCommand(modelImportCommand(output));
}

const viewOf = (output: Output): View => ({ columns: columnsOf(output), colors: colorsOf(output) });

const TRAINING: Readonly<Record<ProjectKind, (train: string) => readonly string[]>> = {
  ranker: (train) => ['  serendip dataset create --from <day>          # prints an id', '  serendip dataset export <id> --point-in-time --out tables', `  ${train} tables`],
  'item-encoder': (train) => [`  SERENDIP_KEY=sk_… ${train}`],
};

async function init(dir: string, { json, ...options }: InitFlags, output: Output): Promise<void> {
  const made = await refusable(() => writeProject(dir, options));
  output.write(json ? `${JSON.stringify({ folder: dir, ...made }, null, 2)}\n` : [
    `${made.files.length} files in ${dir}: ${made.files.join(', ')}`, '',
    'Next:', `  python3 -m venv ${dir}/venv && ${dir}/venv/bin/pip install -r ${dir}/requirements.txt`,
    ...TRAINING[options.kind](`${dir}/venv/bin/python ${dir}/train.py`), `  serendip model push ${dir}`, '',
  ].join('\n'));
}

async function check(dir: string, { json, ...prices }: CheckFlags, output: Output): Promise<void> {
  const folder = await refusable(() => readModelFolder(dir));
  const checks = await checkFolder(folder, { prices, ...(json ? {} : { onCheck: (each) => output.write(`${checkText(each, viewOf(output))}\n`) }) });
  if (json) output.write(`${JSON.stringify({ model: folder.model.name, checks }, null, 2)}\n`);
  const failed = checks.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined) throw new Failure(`'${failed.name}' failed: mend it and check again.`, EXIT.refused);
  if (!json) output.write(`Ready: \`serendip model push ${dir}\`.\n`);
}

async function answer(reference: string, file: string | undefined, flags: GatewayFlags, output: Output): Promise<void> {
  const answers = await withFolder(async (place) => {
    const { name, folder: { model, files, read } } = await openedModel(reference, flags, place);
    const { signature, format } = model;
    if (format === 'table' || signature === undefined) throw new Failure('Only an ONNX or TensorFlow model with a signature answers here.', EXIT.refused);
    const text = await (file === undefined ? read('golden.jsonl').then((bytes) => Buffer.from(bytes).toString()) : readFile(file, 'utf8'))
      .catch(() => { throw new Failure(`'${file ?? `${name}/golden.jsonl`}' can't be read.`, EXIT.usage); });
    const { predict } = await import('@serendip/models-adapters');
    return refusable(() => predict({ ...model, signature }, { files, read }, text.split('\n').filter((line) => line.trim() !== '')));
  });
  for (const outputs of answers) output.write(`${JSON.stringify({ outputs })}\n`);
}

async function push(dir: string, flags: PushFlags, output: Output): Promise<void> {
  const folder = await refusable(() => readModelFolder(dir));
  const { name, version } = await upload(dir, folder, flags);
  const reference = `${name}@${version}`;
  if (!flags.json) output.write(`${reference} is pushed: ${folder.files.length + 1} files, ${(folder.bytes / 2 ** 20).toFixed(1)} MiB.${flags.wait ? ' Its checks are being made …' : ''}\n`);
  const answer = flags.wait ? await checked(reference, flags) : await readVersion(reference, flags);
  if (flags.json) output.write(`${JSON.stringify(answer, null, 2)}\n`);
  else if (flags.wait) output.write(`${answer.checkResults.map((each) => checkText(each, viewOf(output))).join('\n')}\n`);
  if (answer.checks === 'failed') throw new Failure(`${reference} has failed its checks and serves nobody: mend it and push it again.`, EXIT.refused);
  if (!flags.json && flags.wait) output.write(`Next: ${nextOf(answer)}\n`);
}

async function list(flags: GatewayFlags, output: Output): Promise<void> {
  const models = await modelsOf(flags);
  print({ models }, flags, { output, text: () => modelsText(models, viewOf(output)) });
}

async function show(reference: string, flags: GatewayFlags, output: Output): Promise<void> {
  print(await readVersion(reference, flags), flags, { output, text: (version) => versionText(version, viewOf(output)) });
}

async function diff(references: readonly [string, string], flags: GatewayFlags, output: Output): Promise<void> {
  const versions = [await readVersion(references[0], flags), await readVersion(references[1], flags)] as const;
  print(versions, flags, { output, text: (both) => diffText(both, viewOf(output)) });
}

async function promote(reference: string, { alias, reason, force, ...flags }: PromoteFlags, output: Output): Promise<void> {
  const { model, version } = await resolved(reference, flags);
  await point(model, flags, output, (client) => client.send('PUT', `/v1/models/${encodeURIComponent(model)}/aliases/${encodeURIComponent(alias)}`, { body: { version, reason, force } }));
}

async function rollback(model: string, { alias, reason, ...flags }: Omit<PromoteFlags, 'force'>, output: Output): Promise<void> {
  await point(model, flags, output, (client) => client.send('POST', `/v1/models/${encodeURIComponent(model)}:rollback`, { body: { alias, reason } }));
}

async function demote(model: string, { alias, reason, ...flags }: Omit<PromoteFlags, 'force'>, output: Output): Promise<void> {
  const path = `/v1/models/${encodeURIComponent(model)}/aliases/${encodeURIComponent(alias)}?${new URLSearchParams({ reason })}`;
  await askGateway(flags, {}, (client) => client.send('DELETE', path));
  print({ model, alias }, flags, { output, text: () => `${model}@${alias} points at nothing any more: \`serendip model promote ${model}@<version>${alias === 'champion' ? '' : ` --alias ${alias}`}\` points it at a version again.` });
}

async function point(model: string, flags: GatewayFlags, output: Output, ask: Parameters<typeof askGateway>[2]): Promise<void> {
  const answer = aliasAnswer.parse(await askGateway(flags, {}, ask));
  const before = answer.previousVersion === undefined ? '' : ` It was ${answer.previousVersion}: \`serendip model rollback ${model}${answer.alias === 'champion' ? '' : ` --alias ${answer.alias}`}\` goes back.`;
  output.write(flags.json ? `${JSON.stringify(answer, null, 2)}\n` : `${model}@${answer.alias} is version ${answer.version}.${before}\n`);
}
