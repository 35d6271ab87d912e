import { Command } from 'commander';
import { completionCommand, valuesCommand } from './commands/completion-command.js';
import { datasetCommand } from './commands/dataset-command.js';
import { deadLettersCommand } from './commands/dead-letters-command.js';
import { evalCommand } from './commands/eval-command.js';
import { explainCommand } from './commands/explain-command.js';
import { featuresCommand } from './commands/features-command.js';
import { importCommand } from './commands/import-command.js';
import { loginCommand } from './commands/login-command.js';
import { logsCommand } from './commands/logs-command.js';
import { modelCommand } from './commands/model-command.js';
import { runtimesCommand } from './commands/runtimes-command.js';
import { shadowCommand } from './commands/shadow-command.js';
import { shardsCommand } from './commands/shards-command.js';
import { splitCommand } from './commands/split-command.js';

/** The `serendip` command with all that it can do. */
export function serendip(): Command {
  const program = new Command('serendip')
    .description('Recommendations that rank at request time.')
    .enablePositionalOptions()
    .addCommand(explainCommand())
    .addCommand(datasetCommand())
    .addCommand(deadLettersCommand())
    .addCommand(evalCommand())
    .addCommand(featuresCommand())
    .addCommand(importCommand())
    .addCommand(modelCommand())
    .addCommand(shadowCommand())
    .addCommand(splitCommand())
    .addCommand(loginCommand())
    .addCommand(logsCommand())
    .addCommand(runtimesCommand())
    .addCommand(shardsCommand());
  return thrown(program.addCommand(completionCommand(program)).addCommand(valuesCommand(), { hidden: true }).showHelpAfterError('(serendip --help shows the commands)'));
}

/** Lets every command of a tree throw CommanderError where it would end the process, so that wrong usage ends it in one way. */
function thrown(command: Command): Command {
  for (const each of command.commands) thrown(each);
  return command.exitOverride();
}
