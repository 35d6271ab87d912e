import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { count } from '../explain/text.js';
import { EXIT, Failure } from './failure.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import type { Output } from './output.js';
import { Progress } from './progress.js';

const rebuildAnswer = z.looseObject({
  status: z.enum(['running', 'done', 'failed']), applied: z.number(), total: z.number(), startedAt: z.string(), endedAt: z.string().optional(), pausedMs: z.number().optional(), error: z.string().optional(),
});
const featuresAnswer = z.looseObject({ items: z.array(z.looseObject({ name: z.string(), entity: z.string(), computed: z.string(), meaning: z.string() })) });
type RebuildAnswer = z.infer<typeof rebuildAnswer>;

const EXAMPLES = `
Examples:
  serendip features list                what a ranker can be given, and how each is computed
  serendip features rebuild             make the state anew from the log, beside the live one, and switch to it
  serendip features rebuild --json      the same, and print how it went as JSON

Exit codes: 0 done, 1 it failed (the state there was goes on), 2 wrong usage, 3 no gateway.`;

const LOOK_EVERY_MS = 300;

/** `serendip features …`; rejects with Failure, and with CommanderError for wrong usage. */
export function featuresCommand(output: Output = process.stdout): Command {
  const command = new Command('features').description('features, and the state that they are made of').addHelpText('after', EXAMPLES).showHelpAfterError('(serendip features --help shows examples)').exitOverride();
  gatewayOptions(command.command('list').description('every feature, what it means and how it is computed')).action((flags: GatewayFlags) => list(flags, output));
  gatewayOptions(command.command('rebuild').description('make the state anew from archive and log, while traffic goes on; interrupt it and it goes on by itself'))
    .action((flags: GatewayFlags) => rebuild(flags, output));
  return command;
}

async function list(flags: GatewayFlags, output: Output): Promise<void> {
  const answer = featuresAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', '/v1/features')));
  if (flags.json) return void output.write(`${JSON.stringify(answer, null, 2)}\n`);
  const rows = [['feature', 'entity', 'computed', 'meaning'], ...answer.items.map(({ name, entity, computed, meaning }) => [name, entity, computed, meaning])];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) output.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`);
  output.write(`${count(answer.items.length)} features: each a float32, 0 where nothing is known\n`);
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
