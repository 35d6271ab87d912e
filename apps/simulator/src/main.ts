import { isDomainError } from '@serendip/shared-errors';
import { Command } from 'commander';
import { describeCommand } from './commands/describe-command.js';
import { runCommand } from './commands/run-command.js';
import { seedCommand } from './commands/seed-command.js';

const program = new Command('simulator')
  .description('A demo shop with shoppers whose true taste is known.')
  .addCommand(seedCommand())
  .addCommand(runCommand())
  .addCommand(describeCommand());

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`✗ ${isDomainError(error) ? `${error.reason}: ${error.message}` : error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
