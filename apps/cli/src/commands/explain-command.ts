import { GatewayClient } from '@serendip/platform-gateway-client';
import { isDomainError } from '@serendip/shared-errors';
import { Command, InvalidArgumentError, Option } from 'commander';
import colors from 'picocolors';
import { explainedAnswer } from '../explain/answer.js';
import { render } from '../explain/render.js';
import { demoKey } from '../http/demo-key.js';
import { adviceFor } from './advice.js';
import { EXIT, Failure } from './failure.js';

const MOST_COLUMNS = 100;
const LEAST_COLUMNS = 60;

interface Flags {
  readonly placement: string;
  readonly limit: number;
  readonly items?: readonly string[];
  readonly filter?: string;
  readonly boost?: string;
  readonly anonymous: boolean;
  readonly reasons: number;
  readonly url: string;
  readonly key?: string;
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  serendip explain shopper-0001                                   why this is their home page
  serendip explain ann --placement item --items p-01072           why these stand beside a product
  serendip explain ann --filter "item.price < 20.0" --limit 5     what a filter would make of it
  serendip explain 3f1c… --anonymous                              for a visitor who has not signed in
  serendip explain ann --json | jq '.items[0].explain'            the raw record

Nothing is logged or counted by asking. Exit codes: 0 answered, 1 refused, 2 wrong usage, 3 no gateway.`;

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Where a command writes. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** `serendip explain …`; rejects with Failure, and with CommanderError for wrong usage. */
export function explainCommand(output: Output = process.stdout): Command {
  return new Command('explain')
    .description('say why somebody gets the list they get: where candidates came from, what was dropped, what made the scores')
    .argument('<userId>', 'whom the list is for')
    .option('--placement <name>', 'the placement', 'home')
    .option('--limit <n>', 'items of the list, 1 to 200', whole(1, 200), 10)
    .option('--items <ids>', 'what is looked at, or in the cart: ids with commas between them', (text: string) => text.split(',').filter((id) => id !== ''))
    .option('--filter <cel>', 'an expression that items must pass')
    .option('--boost <cel>', 'an expression that multiplies scores')
    .option('--anonymous', 'the id is an anonymous one', false)
    .option('--reasons <n>', 'features told of each item, 0 to 6', whole(0, 6), 3)
    .addOption(new Option('--url <url>', 'the gateway').env('SERENDIP_GATEWAY').default('http://127.0.0.1:8080'))
    .addOption(new Option('--key <key>', 'a secret key (sk_…); where there is none, that of the demo in .serendip').env('SERENDIP_KEY'))
    .option('--json', 'print the answer as it is', false)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip explain --help shows examples)')
    .exitOverride()
    .action((userId: string, flags: Flags) => explain(userId, flags, output));
}

async function explain(userId: string, { url, key = demoKey(), json, reasons, ...flags }: Flags, output: Output): Promise<void> {
  if (key === undefined) throw new Failure('There is no key, and explaining needs a secret one: give --key sk_… or set SERENDIP_KEY.', EXIT.usage);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure(`'${url}' is no address of a gateway: give --url like http://127.0.0.1:8080.`, EXIT.usage);
  const client = new GatewayClient({ gateways: [url], key, tries: 1, timeoutMs: 20_000 });
  try {
    const body = await client.send('POST', '/v1/recommendations', { body: requestOf(userId, flags) });
    output.write(`${json ? JSON.stringify(body, null, 2) : rendered(body, { who: flags.anonymous ? `visitor ${userId}` : userId, reasons, output })}\n`);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new Failure(adviceFor(error, { url, filter: flags.filter, boost: flags.boost }), error.reason === 'GATEWAY_UNREACHABLE' ? EXIT.unreachable : EXIT.refused);
  }
}

function requestOf(id: string, { placement, limit, items, filter, boost, anonymous }: Omit<Flags, 'url' | 'key' | 'json' | 'reasons'>) {
  return { placement, limit, ...(anonymous ? { anonymousId: id } : { userId: id }), items, filter, boost, fields: ['title'], explain: true, dryRun: true };
}

/** Colours are for people at a terminal. */
function rendered(body: unknown, { who, reasons, output: { isTTY = false, columns = MOST_COLUMNS } }: { readonly who: string; readonly reasons: number; readonly output: Output }): string {
  const width = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, columns));
  return render(explainedAnswer.parse(body), { who, reasons, colors: colors.createColors(isTTY && colors.isColorSupported), columns: width });
}
