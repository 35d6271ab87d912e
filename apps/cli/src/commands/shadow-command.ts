import { Command } from 'commander';
import { z } from 'zod';
import { left, plain } from '../explain/text.js';
import { EXIT, Failure } from './failure.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import type { Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip shadow home --ranker ranker@4 --share 0.1    a tenth of the answers is made once more, by ranker@4, shown to nobody
  serendip shadow home                                  how it does beside what was served
  serendip shadow home --end

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no gateway.`;

const shadowAnswer = z.looseObject({ placement: z.string(), retriever: z.string().optional(), ranker: z.string().optional(), share: z.number(), report: z.record(z.string(), z.union([z.number(), z.string()])).optional() });

interface Flags extends GatewayFlags {
  readonly ranker?: string;
  readonly retriever?: string;
  readonly share?: string;
  readonly end: boolean;
}

/** `serendip shadow …`; rejects with Failure, and with CommanderError for wrong usage. */
export function shadowCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('shadow')
    .description('let a version answer once more what a placement answers, unseen; without a version, how it does')
    .argument('<placement>', 'for example home')
    .option('--ranker <model@version>', 'the ranker')
    .option('--retriever <model@version>', 'the retriever')
    .option('--share <share>', 'share of answers, above 0, at most 1 (default: 0.1)')
    .option('--end', 'end it', false))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip shadow --help shows examples)')
    .exitOverride()
    .action((placement: string, flags: Flags) => shadow(placement, flags, output));
}

async function shadow(placement: string, { ranker, retriever, share, end, ...flags }: Flags, output: Output): Promise<void> {
  const isSet = ranker !== undefined || retriever !== undefined;
  if (end && isSet) throw new Failure('Say a version or --end: `serendip shadow --help` shows examples.', EXIT.usage);
  if (share !== undefined && !isSet) throw new Failure(`A share is said with its versions: \`serendip shadow ${placement} --ranker <model@version> --share ${share}\`.`, EXIT.usage);
  const path = `/v1/placements/${encodeURIComponent(placement)}/shadow`;
  const body = { ranker, retriever, share: Number(share ?? 0.1) };
  const answer = await askGateway(flags, {}, (client) => (end ? client.send('DELETE', path) : isSet ? client.send('PUT', path, { body }) : client.send('GET', path)));
  if (flags.json) output.write(`${JSON.stringify(answer, null, 2)}\n`);
  else output.write(end ? `The shadow of ${placement} has ended.\n` : textOf(shadowAnswer.parse(answer)));
}

function textOf({ placement, ranker, retriever, share, report = {} }: z.infer<typeof shadowAnswer>): string {
  const facts = Object.entries(report).map(([name, value]) => `  ${left(name, 14)}${typeof value === 'number' ? plain(value) : value || 'as served'}`);
  return [`${placement} is shadowed by ${[ranker, retriever].filter((each) => each !== undefined && each !== '').join(' and ')}, ${plain(share * 100)} % of its answers.`, ...facts, ''].join('\n');
}
