import type { GatewayClient } from '@serendip/platform-gateway-client';
import { Command } from 'commander';
import { listAnswer, purgeAnswer, replayAnswer, showAnswer, type ListAnswer } from '../dead-letters/answers.js';
import { listText, replayText, showText, type View } from '../dead-letters/render.js';
import { count } from '../explain/text.js';
import { EXIT, Failure } from './failure.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import { colorsOf, columnsOf, print, whole, type Output } from './output.js';

const MOST_OF_A_PAGE = 200;

const EXAMPLES = `
Examples:
  serendip dead-letters list                          what was refused last, and how much of each reason
  serendip dead-letters list --reason TOO_OLD         one reason only
  serendip dead-letters show dl_3f1c…                 an event as it came, and why it was refused
  serendip dead-letters replay --reason EVENT_INVALID check again; what is valid now is taken, once
  serendip dead-letters purge dl_3f1c… dl_77ab…       remove for good
  serendip dead-letters list --json | jq -r '.items[].id'

Exit codes: 0 done, 1 refused (or some were refused again), 2 wrong usage, 3 no gateway.`;

interface ListFlags extends GatewayFlags {
  readonly reason?: string;
  readonly user?: string;
  readonly limit: number;
}

interface NamedFlags extends GatewayFlags {
  readonly reason?: string;
  readonly user?: string;
  readonly all?: boolean;
}

/** `serendip dead-letters …`; rejects with Failure, and with CommanderError for wrong usage. */
export function deadLettersCommand(output: Output = process.stdout): Command {
  const command = new Command('dead-letters')
    .description('look at events that were refused, send them again or remove them')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip dead-letters --help shows examples)')
    .exitOverride();
  gatewayOptions(command.command('list').description('what was refused last comes first'))
    .option('--reason <reason>', 'only these, for example TOO_OLD')
    .option('--user <userId>', 'only those about this user')
    .option('--limit <n>', 'how many, 1 to 10000', whole(1, 10_000), 20)
    .action((flags: ListFlags) => list(flags, output));
  gatewayOptions(command.command('show').description('an event as it came, and why it was refused'))
    .argument('<id>', 'the dead letter')
    .action((id: string, flags: GatewayFlags) => show(id, flags, output));
  gatewayOptions(command.command('replay').description('check events again and take those that are valid now, each once'))
    .argument('[ids...]', 'up to 500 dead letters')
    .option('--reason <reason>', 'all of this reason')
    .action((ids: string[], flags: NamedFlags) => replay(ids, flags, output));
  gatewayOptions(command.command('purge').description('remove for good'))
    .argument('[ids...]', 'up to 500 dead letters')
    .option('--reason <reason>', 'all of this reason')
    .option('--user <userId>', 'all that name this user')
    .option('--all', 'all there are')
    .action((ids: string[], flags: NamedFlags) => purge(ids, flags, output));
  return command;
}

const viewOf = (output: Output): View => ({ columns: columnsOf(output), colors: colorsOf(output) });

async function list(flags: ListFlags, output: Output): Promise<void> {
  const answer = await askGateway(flags, {}, (client) => pages(client, flags));
  print(answer, flags, { output, text: (all) => listText(all, viewOf(output)) });
}

async function pages(client: GatewayClient, { reason, user, limit }: ListFlags): Promise<ListAnswer> {
  const items: ListAnswer['items'] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = Object.entries({ reason, userId: user, limit: String(Math.min(MOST_OF_A_PAGE, limit - items.length)), cursor }).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const page = listAnswer.parse(await client.send('GET', `/v1/dead-letters?${new URLSearchParams(query)}`));
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined || items.length >= limit) return { ...page, items };
  }
}

async function show(id: string, flags: GatewayFlags, output: Output): Promise<void> {
  const answer = showAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', `/v1/dead-letters/${encodeURIComponent(id)}`)));
  print(answer, flags, { output, text: (letter) => showText(letter, viewOf(output)) });
}

async function replay(ids: readonly string[], flags: NamedFlags, output: Output): Promise<void> {
  const body = named(ids, flags, 'Say which: ids, or --reason.');
  const answer = replayAnswer.parse(await askGateway(flags, {}, (client) => client.send('POST', '/v1/dead-letters:replay', { body })));
  print(answer, flags, { output, text: (all) => replayText(all, viewOf(output)) });
  const left = answer.refused + answer.unknown;
  if (left > 0) throw new Failure(`${count(left)} of ${count(answer.results.length)} were not replayed.\n  \`serendip dead-letters show <id>\` shows what came; what can't be mended here must be sent again by its client, or purged.`, EXIT.refused);
}

async function purge(ids: readonly string[], flags: NamedFlags, output: Output): Promise<void> {
  const body = named(ids, flags, 'Say which: ids, --reason, --user, or --all.');
  const answer = purgeAnswer.parse(await askGateway(flags, {}, (client) => client.send('POST', '/v1/dead-letters:purge', { body })));
  print(answer, flags, { output, text: ({ purged }) => `${count(purged)} removed` });
}

/** Exactly one of ids, a reason, a user and all, as JSON. */
function named(ids: readonly string[], { reason, user, all }: NamedFlags, advice: string): string {
  const ways = [...(ids.length > 0 ? [{ ids }] : []), ...(reason === undefined ? [] : [{ reason }]), ...(user === undefined ? [] : [{ userId: user }]), ...(all === true ? [{ all }] : [])];
  if (ways.length !== 1) throw new Failure(ways.length === 0 ? advice : `${advice} One of them at a time.`, EXIT.usage);
  return JSON.stringify(ways[0]);
}
