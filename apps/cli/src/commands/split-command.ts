import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { EXIT, Failure } from './failure.js';
import { print, type Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip split home --arm new=ranker@4:10                     a tenth of the users of home is ranked by ranker@4, always the same ones
  serendip split home --arm a=ranker@4:25 --arm b=ranker@5:25   two versions beside the placement's own
  serendip split home --retriever new=cf@4:10                   a tenth gets the candidates that cf@4 finds
  serendip split home --arm new=ranker@4:10 --retriever new=cf@4:10   one arm with both
  serendip split home                                           which arms it has
  serendip split home --end                                     everybody gets the placement's own again

Answers name their arm in \`experiments\` and the version in \`models\`. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no gateway.`;

interface Arm {
  readonly name: string;
  readonly percent: number;
  readonly ranker?: string | undefined;
  readonly retriever?: string | undefined;
}

interface Flags extends GatewayFlags {
  readonly arm: readonly Arm[];
  readonly retriever: readonly Arm[];
  readonly name?: string;
  readonly end: boolean;
}

const arms = (kind: 'ranker' | 'retriever') => (text: string, before: readonly Arm[]): readonly Arm[] => {
  const [, name, model, percent] = /^([a-z0-9_-]+)=([^:=]+@[^:=]+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (name === undefined || model === undefined || Number(percent) > 100) throw new InvalidArgumentError('An arm is name=model@version:percent, for example new=ranker@4:10.');
  return [...before, { name, [kind]: model, percent: Number(percent) }];
};

/** One arm for each name, with the ranker and the retriever that it was given. */
function merged(rankers: readonly Arm[], retrievers: readonly Arm[]): readonly Arm[] {
  return retrievers.reduce((all: readonly Arm[], retriever) => {
    const same = all.find(({ name, ranker }) => name === retriever.name && ranker !== undefined);
    if (same === undefined) return [...all, retriever];
    if (same.percent !== retriever.percent) throw new Failure(`Arm ${same.name} has ${same.percent} % as a ranker and ${retriever.percent} % as a retriever: it has one share.`, EXIT.usage);
    return all.map((each) => (each === same ? { ...same, ...retriever } : each));
  }, rankers);
}

/** `serendip split …`; rejects with Failure, and with CommanderError for wrong usage. */
export function splitCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('split')
    .description('share the users of a placement between versions of a ranker or a retriever, stickily; without an arm, which it has')
    .argument('<placement>', 'for example home')
    .option('--arm <name=model@version:percent>', 'an arm with a ranker; what is left over gets the placement\'s own', arms('ranker'), [])
    .option('--retriever <name=model@version:percent>', 'an arm with a retriever, or the retriever of an arm', arms('retriever'), [])
    .option('--name <name>', 'the split\'s name (default: <placement>-split)')
    .option('--end', 'end it', false))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip split --help shows examples)')
    .exitOverride()
    .action((placement: string, flags: Flags) => split(placement, flags, output));
}

async function split(placement: string, { arm: rankers, retriever: retrievers, name = `${placement}-split`, end, ...flags }: Flags, output: Output): Promise<void> {
  const given = merged(rankers, retrievers);
  if (end && given.length > 0) throw new Failure('Say arms or --end: `serendip split --help` shows examples.', EXIT.usage);
  const path = `/v1/placements/${encodeURIComponent(placement)}`;
  if (!end && given.length === 0) return show(placement, flags, output);
  const answer = await askGateway(flags, {}, (client) => (end ? client.send('DELETE', `${path}/split`) : client.send('PUT', `${path}/split`, { body: { name, arms: given } })));
  print(answer, flags, { output, text: () => (end ? `The split of ${placement} has ended.` : textOf(placement, given)) });
}

const placementAnswer = z.looseObject({ split: z.looseObject({ arms: z.array(z.looseObject({ name: z.string(), percent: z.number(), ranker: z.string().optional(), retriever: z.string().optional() })) }).optional() });

async function show(placement: string, flags: GatewayFlags, output: Output): Promise<void> {
  const { split: found } = placementAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', `/v1/placements/${encodeURIComponent(placement)}`)));
  print(found ?? null, flags, { output, text: (answer) => (answer === null ? `${placement} has no split: everybody gets the placement's own.` : textOf(placement, answer.arms)) });
}

const textOf = (placement: string, given: readonly Arm[]): string => `${placement}: ${given.map(({ percent, name, retriever, ranker }) => `${percent} % ${name} (${[retriever, ranker].filter(Boolean).join(', ')})`).join(', ')}, the rest as it is.`;
