import { checkRuntimes, hasGraphicsCard, type RuntimeStatus } from '@serendip/platform-runtimes';
import { Command } from 'commander';
import { checkApart } from '../runtimes/check-apart.js';
import { colorsOf, type Output } from './output.js';

const EXAMPLES = `
Says of the machine it runs on, by running a small model on each: run it where rankers run. In a cluster:
  kubectl exec deploy/ranking -- node apps/cli/dist/main.js runtimes
What each loaded version runs on is the metric serendip_ranker_runtime of ranking, and serendip_retriever_runtime
of embedding; SERENDIP_RANKER_DEVICE and SERENDIP_RETRIEVAL_DEVICE choose.

Exit codes: 0 done, 1 a driver ended the check, 2 wrong usage.`;

type Check = () => Promise<readonly RuntimeStatus[]>;

interface Flags {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `serendip runtimes`; rejects with CommanderError for wrong usage. */
export function runtimesCommand(output: Output = process.stdout, check: { readonly quietly: Check; readonly aloud: Check } = { quietly: checkApart, aloud: checkRuntimes }): Command {
  return new Command('runtimes')
    .description('what models can run on here, why not on the rest, and how to get it')
    .option('--json', 'the answer as JSON')
    .option('--verbose', 'let drivers and libraries write their own warnings, too')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip runtimes --help shows more)')
    .exitOverride()
    .action(async ({ json, verbose }: Flags) => {
      const runtimes = await (verbose === true ? check.aloud() : check.quietly());
      const answer = { graphicsCard: hasGraphicsCard(), runtimes };
      output.write(json === true ? `${JSON.stringify(answer, null, 2)}\n` : textOf(answer, output));
    });
}

function textOf({ graphicsCard, runtimes }: { readonly graphicsCard: boolean; readonly runtimes: readonly RuntimeStatus[] }, output: Output): string {
  const colors = colorsOf(output);
  const lines = runtimes.flatMap(({ name, format, available, device, reason, advice }) => {
    const column = `${name.padEnd(12)} ${format.padEnd(11)}`;
    if (!available) return [`${colors.red('✗')} ${column} ${reason}`, colors.dim(`    It ${advice}.`)];
    const software = device === 'gpu' && !graphicsCard ? ', in software: there is no graphics card, and `auto` does not choose it' : '';
    return [`${colors.green('✓')} ${column} runs on ${device}${software}`];
  });
  return `${lines.join('\n')}\n`;
}
