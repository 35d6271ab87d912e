import { Command } from 'commander';
import { compared, evaluate, judged, served, type Evaluated, type Judged } from '../evaluation/evaluate.js';
import { evaluationText, type Evaluation } from '../evaluation/render.js';
import { OUTCOMES, readSlates } from '../evaluation/slates.js';
import { fetchVersion, withFolder } from '../models/fetch-version.js';
import { readModelFolder, type ModelFolder } from '../models/model-folder.js';
import { rankerScores } from '../models/ranker-scores.js';
import { EXIT, Failure, refusable } from './failure.js';
import { gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { print, type Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip dataset export ds_3f1c… --point-in-time --out tables      the slates
  serendip eval ranker@4 --data tables                               … as ranker@4 would have ordered them, beside the champion
  serendip eval my-ranker --data tables --against ranker@3           a folder that is not pushed yet
  serendip eval ranker@4 --data tables --outcome purchase            by purchases alone

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no gateway.`;

interface Flags extends GatewayFlags {
  readonly data: string;
  readonly against?: string;
  readonly outcome?: readonly string[];
}

interface Named {
  readonly name: string;
  readonly folder: ModelFolder;
}

/** `serendip eval …`; rejects with Failure, and with CommanderError for wrong usage. */
export function evalCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('eval')
    .description('hold a ranker against another one on exported slates, on this machine')
    .argument('<model@version>', 'a version, or a folder with model.yaml')
    .requiredOption('--data <dir>', 'what `serendip dataset export --point-in-time` wrote')
    .option('--against <model@version>', 'the other version, or an alias of the same model (default: champion)')
    .option('--outcome <type...>', `what counts as an answer (default: ${OUTCOMES.join(', ')})`))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip eval --help shows examples)')
    .exitOverride()
    .action((reference: string, flags: Flags) => run(reference, flags, output));
}

async function run(reference: string, { data, against, outcome = OUTCOMES, ...flags }: Flags, output: Output): Promise<void> {
  const slates = judged(await readSlates(data, outcome));
  if (slates.answered.length === 0) throw new Failure(`Nothing of ${outcome.join(', ')} came of any slate in '${data}': name others with --outcome, or export a longer time.`, EXIT.refused);
  await withFolder(async (folder) => {
    const model = await opened(reference, flags, `${folder}/one`);
    const other = await otherOf(model, against, flags, `${folder}/other`);
    print(await evaluation({ slates, outcomes: outcome, model, other }), flags, { output, text: evaluationText });
  });
}

/** The version to hold it against; by default the champion, where there is one and it is another. */
async function otherOf({ name, folder }: Named, against: string | undefined, flags: GatewayFlags, place: string): Promise<Named | undefined> {
  const reference = against === undefined ? `${folder.model.name}@champion` : against.includes('@') ? against : `${folder.model.name}@${against}`;
  try {
    const other = await opened(reference, flags, place);
    return other.name === name ? undefined : other;
  } catch (error) {
    if (against === undefined && error instanceof Failure) return undefined;
    throw error;
  }
}

async function opened(reference: string, flags: GatewayFlags, place: string): Promise<Named> {
  if (!reference.includes('@')) return { name: reference, folder: await refusable(() => readModelFolder(reference)) };
  const { reference: name, folder } = await fetchVersion(reference, flags, place);
  return { name, folder };
}

interface Task {
  readonly slates: Judged;
  readonly outcomes: readonly string[];
  readonly model: Named;
  readonly other: Named | undefined;
}

async function evaluation({ slates, outcomes, model, other }: Task): Promise<Evaluation> {
  const own = evaluate(slates, await refusable(() => rankerScores(model.folder, slates.slates)));
  const against = other === undefined ? undefined : evaluate(slates, await refusable(() => rankerScores(other.folder, slates.slates)));
  const row = (name: string, { quality, offPolicy }: Evaluated) => ({ name, quality, ...(offPolicy === undefined ? {} : { offPolicy }) });
  const baseline = against ?? evaluate(slates, served(slates.slates));
  return {
    slates: slates.slates.offsets.length - 1, answered: slates.answered.length, people: new Set(slates.slates.people).size, outcomes,
    models: [row(model.name, own), ...(against === undefined ? [] : [row(other!.name, against)]), row('as served', against === undefined ? baseline : evaluate(slates, served(slates.slates)))],
    against: other?.name ?? 'as served',
    difference: compared(own.values['ndcg@10'], baseline.values['ndcg@10'], slates),
  };
}
