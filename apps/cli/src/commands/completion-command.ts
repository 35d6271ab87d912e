import { Argument, Command } from 'commander';
import { z } from 'zod';
import { bashScript, zshScript } from '../completion/bash.js';
import { levels, VALUES, type Level, type Values } from '../completion/command-tree.js';
import { fishScript } from '../completion/fish.js';
import { listAnswer } from '../data-sets/answers.js';
import { modelsAnswer } from '../models/answers.js';
import { askGateway, gatewayOptions, type GatewayFlags } from './gateway-options.js';
import type { Output } from './output.js';

const SCRIPTS: Readonly<Record<string, (levels: readonly Level[]) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

const EXAMPLES = `
Examples:
  eval "$(serendip completion bash)"                                     in ~/.bashrc
  eval "$(serendip completion zsh)"                                      in ~/.zshrc
  serendip completion fish > ~/.config/fish/completions/serendip.fish

Versions, models, placements and data sets come from the gateway, if it answers within 300 ms. Exit codes: 0 done, 2 wrong usage.`;

const PATIENCE_MS = 300;
const placementsAnswer = z.looseObject({ placements: z.array(z.looseObject({ name: z.string() })) });

/** `serendip completion <shell>`: completes what `program` has; rejects with CommanderError for wrong usage. */
export function completionCommand(program: Command, output: Output = process.stdout): Command {
  return new Command('completion')
    .description('print a script that makes a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(serendip completion --help shows examples)')
    .exitOverride()
    .action((shell: string) => void output.write(SCRIPTS[shell]!(levels(program))));
}

/** `serendip __values <what>`: what a shell completes a place with, a line each; nothing when the gateway does not say it at once. */
export function valuesCommand(output: Output = process.stdout): Command {
  return gatewayOptions(new Command('__values').addArgument(new Argument('<what>').choices(VALUES)))
    .exitOverride()
    .action(async (what: Values, flags: GatewayFlags) => {
      const found = await known(what, flags).catch(() => []);
      output.write(found.map((each) => `${each}\n`).join(''));
    });
}

async function known(what: Values, flags: GatewayFlags): Promise<readonly string[]> {
  const read = (path: string): Promise<unknown> => askGateway(flags, {}, (client) => client.send('GET', path), PATIENCE_MS);
  if (what === 'placements') return placementsAnswer.parse(await read('/v1/placements')).placements.map(({ name }) => name);
  if (what === 'datasets') return listAnswer.parse(await read('/v1/datasets')).items.map(({ id }) => id);
  const { models } = modelsAnswer.parse(await read('/v1/models'));
  if (what === 'models') return [...new Set(models.map(({ name }) => name))];
  return models.flatMap(({ name, version, aliases }) => [`${name}@${version}`, ...aliases.map((alias) => `${name}@${alias}`)]);
}
