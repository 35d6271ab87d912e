import { isDomainError } from '@serendip/shared-errors';
import { Command } from 'commander';
import { importCommand } from './commands/import-command.js';

const program = new Command('serendip')
  .description('Recommendations that rank at request time.')
  .addCommand(importCommand());

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`✗ ${isDomainError(error) ? `${error.reason}: ${error.message}` : error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
