import { isDomainError } from '@serendip/shared-errors';
import { CommanderError } from 'commander';
import { EXIT, Failure } from './commands/failure.js';
import { endWithReader } from './commands/output.js';
import { serendip } from './program.js';

function sentenceOf(error: unknown): string {
  if (isDomainError(error)) return `${error.reason}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

endWithReader(process.stdout, () => process.exit());
try {
  await serendip().parseAsync(process.argv);
} catch (error) {
  // Commander has told what it had to tell.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  else {
    process.stderr.write(`✗ ${sentenceOf(error)}\n`);
    process.exitCode = error instanceof Failure ? error.exitCode : EXIT.refused;
  }
}
