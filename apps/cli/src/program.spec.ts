import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { serendip } from './program.js';

/** The words before each command that does something. */
const paths = (command: Command, before: readonly string[] = []): readonly (readonly string[])[] => (
  command.commands.length === 0 ? [before] : command.commands.flatMap((each) => paths(each, [...before, each.name()]))
);

function quiet(command: Command): Command {
  for (const each of command.commands) quiet(each);
  return command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
}

describe('serendip', () => {
  it.each([[['nothing']], [['--nothing']], ...paths(serendip()).map((path) => [[...path, '--nothing']])])('refuses wrong usage as such: %p', async (args) => {
    await expect(quiet(serendip()).parseAsync(args, { from: 'user' })).rejects.toMatchObject({ name: 'CommanderError', exitCode: 1 });
  });

  it('says where its commands are named when there is no such one', async () => {
    let said = '';
    const program = serendip().configureOutput({ writeErr: (text) => { said += text; } });
    await expect(program.parseAsync(['modle', 'list'], { from: 'user' })).rejects.toMatchObject({ code: 'commander.unknownCommand' });
    expect(said).toMatch(/unknown command 'modle'[^]*Did you mean model\?[^]*serendip --help/);
  });
});
