import { Command } from 'commander';
import { compared, evaluate, judged, served, type Evaluated, type Judged } from '../evaluation/evaluate.js';
import { evaluationText, type Evaluation } from '../evaluation/render.js';
import { OUTCOMES, readSlates, type Slates } from '../evaluation/slates.js';
import { withFolder } from '../models/fetch-version.js';
import { openedModel, type OpenedModel } from '../models/opened-model.js';
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

/** `serendip eval …`; rejects with Failure, and with CommanderError for wrong usage. */
export function evalCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('eval')
    .description('hold a ranker against another one on exported slates, on this machine')
    .argument('<model@version>', 'a version, or a folder with model.yaml')
    .requiredOption('--data <dir>', 'what `serendip dataset export --point-in-time` wrote')
    .option('--against <model@version>', 'the other version, or an alias of the same model (default: champion)')
    .option('--outcome <type...>', `what counts as an answer, also with commas between (default: ${OUTCOMES.join(', ')})`))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip eval --help shows examples)')
    .exitOverride()
    .action((reference: string, flags: Flags) => run(reference, flags, output));
}

async function run(reference: string, { data, against, outcome: said = OUTCOMES, ...flags }: Flags, output: Output): Promise<void> {
  const outcome = said.flatMap((types) => types.split(','));
  const read = await readSlates(data, outcome);
  const slates = judged(read);
  if (slates.answered.length === 0) throw new Failure(nothingCame(read, data, outcome), EXIT.refused);
  await withFolder(async (folder) => {
    const model = await openedModel(reference, flags, `${folder}/one`);
    const other = await otherOf(model, against, flags, `${folder}/other`);
    print(await evaluation({ slates, outcomes: outcome, model, other }), flags, { output, text: evaluationText });
  });
}

/** Why nothing can be said, and what to do. */
function nothingCame({ offsets, outcomeTypes }: Slates, data: string, outcomes: readonly string[]): string {
  return [
    `Nothing of ${outcomes.join(', ')} came of any of the ${offsets.length - 1} slates in '${data}'; it has columns of ${outcomeTypes.join(', ') || 'none'}.`,
    '  Name others with --outcome, or collect more: raise logShare of the placement (PUT /v1/placements/{name}), let events bring their attributionToken, and export anew.',
  ].join('\n');
}

/** The version to hold it against; by default the champion, where there is one and it is another. */
async function otherOf({ name, folder }: OpenedModel, against: string | undefined, flags: GatewayFlags, place: string): Promise<OpenedModel | undefined> {
  const reference = against === undefined ? `${folder.model.name}@champion` : against.includes('@') ? against : `${folder.model.name}@${against}`;
  try {
    const other = await openedModel(reference, flags, place);
    return other.name === name ? undefined : other;
  } catch (error) {
    if (against === undefined && error instanceof Failure) return undefined;
    throw error;
  }
}

interface Task {
  readonly slates: Judged;
  readonly outcomes: readonly string[];
  readonly model: OpenedModel;
  readonly other: OpenedModel | undefined;
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
