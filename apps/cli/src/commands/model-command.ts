import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDomainError } from '@serendip/shared-errors';
import { aliasAnswer, modelsAnswer, versionAnswer, wholeVersionAnswer, type VersionAnswer, type WholeVersionAnswer } from '../models/answers.js';
import { checkFolder } from '../models/check-folder.js';
import { formOf, readModelFolder, type ModelFolder } from '../models/model-folder.js';
import { writeProject } from '../models/project/write-project.js';
import { checkText, diffText, modelsText, versionText, type View } from '../models/render.js';
import { EXIT, Failure } from './failure.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { colorsOf, columnsOf, print, type Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip model init my-ranker                       a Python project that trains a ranker and writes it here
  serendip model check my-ranker                      the checks that a push makes, on this machine
  serendip model predict my-ranker rows.jsonl         what it answers; a line is {"inputs": {"features": [[…]]}}
  serendip model push my-ranker                       the next version; waits for its checks
  serendip model list                                 every version, with its checks and aliases
  serendip model show ranker@4                        what it is and what its checks found
  serendip model diff ranker@3 ranker@4               what two versions differ in
  serendip model promote ranker@4 --reason "…"        point the alias champion at it
  serendip model rollback ranker --reason "…"         point champion at the version before

Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage, 3 no gateway.`;

const POLL_MS = 300;
const LONGEST_CHECKS_MS = 300_000;
const UPLOAD_MS = 300_000;

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
  command.command('init').description('write a Python project that trains a ranker on an exported data set and makes a bundle of it')
    .argument('<dir>', 'a new or empty folder; its name is the model\'s')
    .option('--name <name>', 'the model\'s name, in place of the folder\'s')
    .action((dir: string, { name }: { readonly name?: string }) => init(dir, name, output));
  command.command('check').description('make the checks that a push makes, here')
    .argument('<dir>', 'the folder with model.yaml')
    .option('--json', 'print the checks as JSON', false)
    .action((dir: string, { json }: { readonly json: boolean }) => check(dir, json, output));
  command.command('predict').description('what a model in a folder answers, a line of JSON for each line of inputs')
    .argument('<dir>', 'the folder with model.yaml')
    .argument('[rows]', 'lines of inputs as golden.jsonl has them (default: golden.jsonl itself)')
    .action((dir: string, rows: string | undefined) => answer(dir, rows, output));
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
  return command;
}

const viewOf = (output: Output): View => ({ columns: columnsOf(output), colors: colorsOf(output) });

async function init(dir: string, name: string | undefined, output: Output): Promise<void> {
  const made = await refusable(() => writeProject(dir, name));
  output.write([
    `${made.files.length} files in ${dir}: ${made.files.join(', ')}`, '',
    'Next:', `  python3 -m venv ${dir}/venv && ${dir}/venv/bin/pip install -r ${dir}/requirements.txt`,
    '  serendip dataset create --from <day>          # prints an id', '  serendip dataset export <id> --point-in-time --out tables',
    `  ${dir}/venv/bin/python ${dir}/train.py tables`, `  serendip model push ${dir}`, '',
  ].join('\n'));
}

async function check(dir: string, json: boolean, output: Output): Promise<void> {
  const folder = await refusable(() => readModelFolder(dir));
  const checks = await checkFolder(folder, json ? {} : { onCheck: (each) => output.write(`${checkText(each, viewOf(output))}\n`) });
  if (json) output.write(`${JSON.stringify({ model: folder.model.name, checks }, null, 2)}\n`);
  const failed = checks.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined) throw new Failure(`'${failed.name}' failed: mend it and check again.`, EXIT.refused);
  if (!json) output.write(`Ready: \`serendip model push ${dir}\`.\n`);
}

async function answer(dir: string, rows: string | undefined, output: Output): Promise<void> {
  const { model: { signature, format }, read } = await refusable(() => readModelFolder(dir));
  if (format !== 'onnx' || signature === undefined) throw new Failure('Only an ONNX model with a signature answers here.', EXIT.refused);
  const text = await (rows === undefined ? read('golden.jsonl').then((bytes) => Buffer.from(bytes).toString()) : readFile(rows, 'utf8')).catch(() => { throw new Failure(`'${rows ?? join(dir, 'golden.jsonl')}' can't be read.`, EXIT.usage); });
  const { predict } = await import('@serendip/models-adapters');
  const answers = await refusable(async () => predict(await read('model.onnx'), signature, text.split('\n').filter((line) => line.trim() !== '')));
  for (const outputs of answers) output.write(`${JSON.stringify({ outputs })}\n`);
}

async function push(dir: string, flags: PushFlags, output: Output): Promise<void> {
  const folder = await refusable(() => readModelFolder(dir));
  const { name, version } = versionAnswer.parse(await upload(dir, folder, flags));
  const reference = `${name}@${version}`;
  if (!flags.json) output.write(`${reference} is pushed: ${folder.files.length + 1} files, ${(folder.bytes / 2 ** 20).toFixed(1)} MiB.\n`);
  const answer = flags.wait ? await checked(reference, flags) : await read(reference, flags);
  if (flags.json) output.write(`${JSON.stringify(answer, null, 2)}\n`);
  else if (flags.wait) output.write(`${answer.checkResults.map((each) => checkText(each, viewOf(output))).join('\n')}\n`);
  if (answer.checks === 'failed') throw new Failure(`${reference} has failed its checks and serves nobody: mend it and push it again.`, EXIT.refused);
  if (!flags.json && flags.wait) output.write(`Next: ${answer.kind === 'ranker' ? `\`serendip split home --arm new=${reference}:10\`, or ` : ''}\`serendip model promote ${reference}\`.\n`);
}

async function upload(dir: string, folder: ModelFolder, flags: GatewayFlags): Promise<unknown> {
  const form = await formOf(dir, folder);
  return askGateway(flags, {}, (client) => client.send('POST', `/v1/models/${folder.model.name}/versions`, { body: form }), UPLOAD_MS);
}

async function checked(reference: string, flags: GatewayFlags): Promise<WholeVersionAnswer> {
  for (const deadline = Date.now() + LONGEST_CHECKS_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const answer = await read(reference, flags).catch((error: unknown) => {
      // A gateway hears of a version a moment after it is registered.
      if (error instanceof Failure && error.message.startsWith('MODEL_UNKNOWN')) return undefined;
      throw error;
    });
    if (answer !== undefined && answer.checks !== 'pending') return answer;
  }
  throw new Failure(`${reference} is still being checked: is the trainer running? \`serendip model show ${reference}\` says when it is done.`, EXIT.refused);
}

async function list(flags: GatewayFlags, output: Output): Promise<void> {
  const models = await modelsOf(flags);
  print({ models }, flags, { output, text: () => modelsText(models, viewOf(output)) });
}

async function show(reference: string, flags: GatewayFlags, output: Output): Promise<void> {
  print(await read(reference, flags), flags, { output, text: (version) => versionText(version, viewOf(output)) });
}

async function diff(references: readonly [string, string], flags: GatewayFlags, output: Output): Promise<void> {
  const versions = [await read(references[0], flags), await read(references[1], flags)] as const;
  print(versions, flags, { output, text: (both) => diffText(both, viewOf(output)) });
}

/** A version by number or alias. */
async function read(reference: string, flags: GatewayFlags): Promise<WholeVersionAnswer> {
  const { model, version } = await resolved(reference, flags);
  return wholeVersionAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', `/v1/models/${encodeURIComponent(model)}/versions/${version}`)));
}

async function modelsOf(flags: GatewayFlags): Promise<readonly VersionAnswer[]> {
  return modelsAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', '/v1/models'))).models;
}

/** The model and the number of what is named by number or alias. */
async function resolved(reference: string, flags: GatewayFlags): Promise<{ readonly model: string; readonly version: number }> {
  const [, model, pointer] = /^([^@]+)@([^@]+)$/.exec(reference) ?? [];
  if (model === undefined || pointer === undefined) throw new Failure(`'${reference}' is no version: say model@version or model@alias, for example ranker@4.`, EXIT.usage);
  if (/^\d+$/.test(pointer)) return { model, version: Number(pointer) };
  const found = (await modelsOf(flags)).find(({ name, aliases }) => name === model && aliases.includes(pointer));
  if (found === undefined) throw new Failure(`There is no alias '${pointer}' of a model '${model}': \`serendip model list\` shows what there is.`, EXIT.refused);
  return { model, version: found.version };
}

async function promote(reference: string, { alias, reason, force, ...flags }: PromoteFlags, output: Output): Promise<void> {
  const { model, version } = await resolved(reference, flags);
  await point(model, flags, output, (client) => client.send('PUT', `/v1/models/${encodeURIComponent(model)}/aliases/${encodeURIComponent(alias)}`, { body: { version, reason, force } }));
}

async function rollback(model: string, { alias, reason, ...flags }: Omit<PromoteFlags, 'force'>, output: Output): Promise<void> {
  await point(model, flags, output, (client) => client.send('POST', `/v1/models/${encodeURIComponent(model)}:rollback`, { body: { alias, reason } }));
}

async function point(model: string, flags: GatewayFlags, output: Output, ask: Parameters<typeof askGateway>[2]): Promise<void> {
  const answer = aliasAnswer.parse(await askGateway(flags, {}, ask));
  const before = answer.previousVersion === undefined ? '' : ` It was ${answer.previousVersion}: \`serendip model rollback ${model}${answer.alias === 'champion' ? '' : ` --alias ${answer.alias}`}\` goes back.`;
  output.write(flags.json ? `${JSON.stringify(answer, null, 2)}\n` : `${model}@${answer.alias} is version ${answer.version}.${before}\n`);
}

/** What a folder can be refused for, as a failure of the command. */
async function refusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error)) throw new Failure(`${error.reason}\n  ${error.message}`, EXIT.refused);
    throw error;
  }
}
