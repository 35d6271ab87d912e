import { Command } from 'commander';
import { explainedAnswer } from '../explain/answer.js';
import { render } from '../explain/render.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { colorsOf, columnsOf, whole, type Output } from './output.js';

interface Flags extends GatewayFlags {
  readonly placement: string;
  readonly limit: number;
  readonly items?: readonly string[];
  readonly filter?: string;
  readonly boost?: string;
  readonly anonymous: boolean;
  readonly reasons: number;
}

const EXAMPLES = `
Examples:
  serendip explain shopper-0001                                   why this is their home page
  serendip explain ann --placement item --items p-01072           why these stand beside a product
  serendip explain ann --filter "item.price < 20.0" --limit 5     what a filter would make of it
  serendip explain 3f1c… --anonymous                              for a visitor who has not signed in
  serendip explain ann --json | jq '.items[0].explain'            the raw record

Nothing is logged or counted by asking. Exit codes: 0 answered, 1 refused, 2 wrong usage, 3 no gateway.`;

/** `serendip explain …`; rejects with Failure, and with CommanderError for wrong usage. */
export function explainCommand(output: Output = process.stdout): Command {
  const command = new Command('explain')
    .description('say why somebody gets the list they get: where candidates came from, what was dropped, what made the scores')
    .argument('<userId>', 'whom the list is for')
    .option('--placement <name>', 'the placement', 'home')
    .option('--limit <n>', 'items of the list, 1 to 200', whole(1, 200), 10)
    .option('--items <ids>', 'what is looked at, or in the cart: ids with commas between them', (text: string) => text.split(',').filter((id) => id !== ''))
    .option('--filter <cel>', 'an expression that items must pass')
    .option('--boost <cel>', 'an expression that multiplies scores')
    .option('--anonymous', 'the id is an anonymous one', false)
    .option('--reasons <n>', 'features told of each item, 0 to 6', whole(0, 6), 3);
  return gatewayOptions(command)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip explain --help shows examples)')
    .exitOverride()
    .action((userId: string, flags: Flags) => explain(userId, flags, output));
}

async function explain(userId: string, flags: Flags, output: Output): Promise<void> {
  const { reasons, json, anonymous } = flags;
  const body = await askGateway(flags, flags, (client) => client.send('POST', '/v1/recommendations', { body: requestOf(userId, flags) }));
  output.write(`${json ? JSON.stringify(body, null, 2) : rendered(body, { who: anonymous ? `visitor ${userId}` : userId, reasons, output })}\n`);
}

function requestOf(id: string, { placement, limit, items, filter, boost, anonymous }: Flags) {
  return { placement, limit, ...(anonymous ? { anonymousId: id } : { userId: id }), items, filter, boost, fields: ['title'], explain: true, dryRun: true };
}

function rendered(body: unknown, { who, reasons, output }: { readonly who: string; readonly reasons: number; readonly output: Output }): string {
  return render(explainedAnswer.parse(body), { who, reasons, colors: colorsOf(output), columns: columnsOf(output) });
}
