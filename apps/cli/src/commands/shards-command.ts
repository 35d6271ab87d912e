import { Command } from 'commander';
import { shardsAnswer } from '../shards/answer.js';
import { shardsText } from '../shards/render.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { colorsOf, print, type Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip shards                                                  who applies which partition, and how far
  serendip shards --json | jq '[.partitions[].lag] | add'          records that are not applied

Exit codes: 0 answered, 1 refused, 2 wrong usage, 3 no gateway.`;

/** `serendip shards`; rejects with Failure, and with CommanderError for wrong usage. */
export function shardsCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('shards').description('show which feature store has each partition of the log, and how far it has applied it'))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip shards --help shows examples)')
    .exitOverride()
    .action(async (flags: GatewayFlags) => {
      const answer = shardsAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', '/v1/shards')));
      print(answer, flags, { output, text: (shards) => shardsText(shards, colorsOf(output)) });
    });
}
