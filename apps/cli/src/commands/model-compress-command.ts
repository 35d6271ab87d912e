import type { Prices } from '@serendip/platform-config/prices';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readSlates, split, type Slates } from '../evaluation/slates.js';
import { compare, type Comparison } from '../models/compress/compare.js';
import { compressVersion, type Method } from '../models/compress/compress-version.js';
import { comparisonText } from '../models/compress/render.js';
import { fetchVersion, withFolder } from '../models/fetch-version.js';
import { checked, upload } from '../models/registry.js';
import { nextOf } from '../models/next-step.js';
import { checkText } from '../models/render.js';
import { EXIT, Failure, refusable } from './failure.js';
import { gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { colorsOf, columnsOf, type Output } from './output.js';
import { priceOptions } from './price-options.js';

const EXAMPLES = `
Examples:
  serendip model compress ranker@4 --int8                        8-bit weights: a quarter of the size
  serendip model compress ranker@4 --prune 0.5 --data tables     half of the hidden units, the weakest; NDCG@10 on exported slates
  serendip model compress trees@2 --distill 64-32 --data tables  a small network that answers what the trees answer
  serendip model compress ranker@4 --fp16 --out smaller          write the folder, push nothing

Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage, 3 no gateway.`;

/** What a student is judged on, of the slates: the latest, which it does not learn from. */
const HELD_OUT = 0.2;

interface Flags extends GatewayFlags, Prices {
  readonly int8?: true;
  readonly fp16?: true;
  readonly prune?: number;
  readonly distill?: readonly number[];
  readonly data?: string;
  readonly out?: string;
}

/** `serendip model compress …`; rejects with Failure, and with CommanderError for wrong usage. */
export function modelCompressCommand(output: Output): Command {
  const alone = (option: Option, name: string): Option => option.conflicts(['int8', 'fp16', 'prune', 'distill'].filter((other) => other !== name));
  return gatewayOptions(priceOptions(new Command('compress'))
    .description('make a smaller version of a version, compare the two here, and push it')
    .argument('<model@version>', 'for example ranker@4, or an alias: ranker@champion')
    .addOption(alone(new Option('--int8', 'keep weights as 8-bit integers'), 'int8'))
    .addOption(alone(new Option('--fp16', 'keep weights as 16-bit floats'), 'fp16'))
    .addOption(alone(new Option('--prune <ratio>', 'take this share of the units out of every hidden layer, the weakest').argParser(ratio), 'prune'))
    .addOption(alone(new Option('--distill <widths>', 'train a small network on its answers, for example 64-32; needs --data').argParser(widths), 'distill'))
    .option('--data <dir>', 'slates to learn from and to compare on, as `serendip dataset export --point-in-time` writes them')
    .option('--out <dir>', 'write the bundle there and push nothing'))
    .addHelpText('after', EXAMPLES)
    .action((reference: string, flags: Flags) => compress(reference, flags, output));
}

async function compress(reference: string, flags: Flags, output: Output): Promise<void> {
  const slates = flags.data === undefined ? undefined : await readSlates(flags.data);
  const { method, judges } = methodOf(flags, slates);
  await withFolder(async (folder) => {
    const parent = await fetchVersion(reference, flags, `${folder}/parent`);
    const out = flags.out ?? `${folder}/compressed`;
    const made = await refusable(() => compressVersion(parent, method, out));
    const how = made.model.lineage!.how!;
    const comparison = await compare(parent.folder, made, { slates: judges, prices: flags });
    if (!flags.json) output.write(`${comparisonText(parent.reference, how, comparison)}\n`);
    const failed = comparison.checks.find(({ outcome }) => outcome === 'failed');
    if (failed !== undefined) throw new Failure(`'${failed.name}' failed, so it is not pushed: ${failed.detail}`, EXIT.refused);
    if (flags.out === undefined) return push({ out, parent: parent.reference, how, comparison }, flags, { output, folder: made });
    output.write(flags.json ? answerOf({ parent: parent.reference, how, comparison }) : `It is in ${out}: \`serendip model push ${out}\`.\n`);
  });
}

interface Made {
  readonly out: string;
  readonly parent: string;
  readonly how: string;
  readonly comparison: Comparison;
}

async function push({ out, ...made }: Made, flags: Flags, { output, folder }: { readonly output: Output; readonly folder: Parameters<typeof upload>[1] }): Promise<void> {
  const { name, version } = await upload(out, folder, flags);
  const reference = `${name}@${version}`;
  const answer = await checked(reference, flags);
  const { checks, checkResults } = answer;
  const evaluation = checkResults.filter((check) => check.name === 'evaluation' || check.outcome === 'failed');
  if (flags.json) output.write(answerOf({ ...made, reference, checks, checkResults }));
  else output.write([`\n${reference} is pushed.`, ...evaluation.map((check) => checkText(check, { columns: columnsOf(output), colors: colorsOf(output) })), ''].join('\n'));
  if (checks === 'failed') throw new Failure(`${reference} has failed its checks: it serves nobody but where it is pointed at by force.`, EXIT.refused);
  if (!flags.json) output.write(`Next: \`serendip model diff ${made.parent} ${reference}\`; ${nextOf(answer)}\n`);
}

const answerOf = (answer: object): string => `${JSON.stringify(answer, null, 2)}\n`;

/** What is to be done, and the slates to judge it on. */
function methodOf({ int8, fp16, prune, distill: hidden }: Flags, slates: Slates | undefined): { readonly method: Method; readonly judges: Slates | undefined } {
  if (int8) return { method: { kind: 'int8' }, judges: slates };
  if (fp16) return { method: { kind: 'fp16' }, judges: slates };
  if (prune !== undefined) return { method: { kind: 'prune', ratio: prune }, judges: slates };
  if (hidden === undefined) throw new Failure('Say how: --int8, --fp16, --prune <ratio> or --distill <widths>; `serendip model compress --help` shows examples.', EXIT.usage);
  if (slates === undefined) throw new Failure('A student learns from slates: --data <dir>, which `serendip dataset export <id> --point-in-time --out <dir>` writes.', EXIT.usage);
  const [learned, held] = split(slates, HELD_OUT);
  return { method: { kind: 'distill', hidden, slates: learned }, judges: held };
}

function ratio(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must be between 0 and 1, for example 0.5.');
  return value;
}

function widths(text: string): readonly number[] {
  const values = text.split('-').map(Number);
  if (values.length > 4 || !values.every((value) => Number.isInteger(value) && value >= 1 && value <= 1024)) throw new InvalidArgumentError('It is the widths of one to four hidden layers, 1 to 1024 each, for example 64-32.');
  return values;
}
