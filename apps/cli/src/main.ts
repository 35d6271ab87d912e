import { isDomainError } from '@serendip/shared-errors';
import { Command, CommanderError } from 'commander';
import { datasetCommand } from './commands/dataset-command.js';
import { deadLettersCommand } from './commands/dead-letters-command.js';
import { explainCommand } from './commands/explain-command.js';
import { EXIT, Failure } from './commands/failure.js';
import { featuresCommand } from './commands/features-command.js';
import { importCommand } from './commands/import-command.js';
import { loginCommand } from './commands/login-command.js';
import { modelCommand } from './commands/model-command.js';
import { runtimesCommand } from './commands/runtimes-command.js';
import { shadowCommand } from './commands/shadow-command.js';
import { shardsCommand } from './commands/shards-command.js';
import { splitCommand } from './commands/split-command.js';

const program = new Command('serendip')
  .description('Recommendations that rank at request time.')
  .enablePositionalOptions()
  .addCommand(explainCommand())
  .addCommand(datasetCommand())
  .addCommand(deadLettersCommand())
  .addCommand(featuresCommand())
  .addCommand(importCommand())
  .addCommand(modelCommand())
  .addCommand(shadowCommand())
  .addCommand(splitCommand())
  .addCommand(loginCommand())
  .addCommand(runtimesCommand())
  .addCommand(shardsCommand());

function sentenceOf(error: unknown): string {
  if (isDomainError(error)) return `${error.reason}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  // Commander has told what it had to tell.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  else {
    process.stderr.write(`✗ ${sentenceOf(error)}\n`);
    process.exitCode = error instanceof Failure ? error.exitCode : EXIT.refused;
  }
}
