import { setTimeout as sleep } from 'node:timers/promises';
import { measureFeatureCosts, type FeatureCosts } from '@serendip/ranking-domain';
import { Command } from 'commander';
import { z } from 'zod';
import { count } from '../explain/text.js';
import { costOf, featureTable, featuresAnswer } from '../features/feature-table.js';
import { valueTables, valuesAnswer } from '../features/feature-values.js';
import { EXIT, Failure } from './failure.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import type { Output } from './output.js';
import { Progress } from './progress.js';

const rebuildAnswer = z.looseObject({
  status: z.enum(['running', 'done', 'failed']), applied: z.number(), total: z.number(), startedAt: z.string(), endedAt: z.string().optional(), pausedMs: z.number().optional(), error: z.string().optional(),
});
type RebuildAnswer = z.infer<typeof rebuildAnswer>;

const EXAMPLES = `
Examples:
  serendip features list                what a ranker can be given, how each is computed, and what it costs
  serendip features show ann p-00042    what a ranker would be given for ann and an item, and what stands behind each value
  serendip features show ann p-1,p-2 --names seen_count@30d,user_count.click.7d
  serendip features rebuild             make the state anew from the log, beside the live one, and switch to it
  serendip features rebuild --json      the same, and print how it went as JSON

Exit codes: 0 done, 1 it failed (the state there was goes on), 2 wrong usage, 3 no gateway.`;

const LOOK_EVERY_MS = 300;

/** Slates that a cost is measured with: a second or two where nothing else is at work. */
const MEASURED_SLATES = 150;
const listed = (text: string): readonly string[] => text.split(',').filter((part) => part !== '');

interface ShowFlags extends GatewayFlags {
  readonly names?: readonly string[];
  readonly anonymous: boolean;
}

/** `serendip features …`; rejects with Failure, and with CommanderError for wrong usage. */
export function featuresCommand(output: Output = process.stdout, measure = (): FeatureCosts => measureFeatureCosts(() => performance.now(), MEASURED_SLATES)): Command {
  const command = new Command('features').description('features, and the state that they are made of').addHelpText('after', EXAMPLES).showHelpAfterError('(serendip features --help shows examples)').exitOverride();
  gatewayOptions(command.command('list').description('every feature: what it means, how it is computed, and what it costs, measured here in some seconds')).action((flags: GatewayFlags) => list(flags, output, measure));
  gatewayOptions(command.command('show').description('what a ranker would be given, with a status for each value: PRESENT, NULL_VALUE, NOT_FOUND or OUTSIDE_MAX_AGE'))
    .argument('<userId>', 'whose features').argument('<itemIds>', 'of which items: ids with commas between them', listed)
    .option('--names <names>', 'features, with commas between them; all that are declared when left out', listed)
    .option('--anonymous', 'the id is an anonymous one', false)
    .action((userId: string, itemIds: readonly string[], flags: ShowFlags) => show({ userId, itemIds }, flags, output));
  gatewayOptions(command.command('rebuild').description('make the state anew from archive and log, while traffic goes on; interrupt it and it goes on by itself'))
    .action((flags: GatewayFlags) => rebuild(flags, output));
  return command;
}

async function list(flags: GatewayFlags, output: Output, measure: () => FeatureCosts): Promise<void> {
  const answer = featuresAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', '/v1/features')));
  const costs = measure();
  if (!flags.json) return void output.write(`${featureTable(answer.items, costs).join('\n')}\n`);
  const items = answer.items.map((feature) => ({ ...feature, costMicroseconds: costOf(feature, costs) }));
  output.write(`${JSON.stringify({ ...answer, items, costs }, null, 2)}\n`);
}

async function show({ userId, itemIds }: { readonly userId: string; readonly itemIds: readonly string[] }, { names, anonymous, ...flags }: ShowFlags, output: Output): Promise<void> {
  const body = { ...(anonymous ? { anonymousId: userId } : { userId }), itemIds, names };
  const answer = valuesAnswer.parse(await askGateway(flags, {}, (client) => client.send('POST', '/v1/features:read', { body })));
  output.write(flags.json ? `${JSON.stringify(answer, null, 2)}\n` : `${valueTables(answer).join('\n')}\n`);
}

async function rebuild(flags: GatewayFlags, output: Output): Promise<void> {
  const progress = new Progress({ quiet: flags.json });
  const ended = await askGateway(flags, {}, async (client) => {
    let answer: RebuildAnswer = rebuildAnswer.parse(await client.send('POST', '/v1/features:rebuild'));
    while (answer.status === 'running') {
      if (answer.total > 0) progress.update('records', Math.min(answer.applied, answer.total - 1), answer.total);
      await sleep(LOOK_EVERY_MS);
      answer = rebuildAnswer.parse(await client.send('GET', '/v1/features/rebuild'));
    }
    if (answer.status === 'done') progress.update('records', answer.total, answer.total);
    return answer;
  });
  if (flags.json) output.write(`${JSON.stringify(ended, null, 2)}\n`);
  else if (ended.status === 'done') output.write(`  The new state is live: ${count(ended.total)} records in ${secondsOf(ended)} s; events waited ${Math.round(ended.pausedMs ?? 0)} ms for the switch.\n`);
  if (ended.status === 'failed') throw new Failure(`The state was not made anew, and the one there was goes on: ${ended.error ?? ''}`, EXIT.refused);
}

const secondsOf = ({ startedAt, endedAt = startedAt }: RebuildAnswer): string => ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
