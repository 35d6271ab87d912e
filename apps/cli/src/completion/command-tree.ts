import type { Command, Option } from 'commander';

/** What the gateway knows: versions and aliases, names of models, placements, ids of data sets. */
export const VALUES = ['versions', 'models', 'placements', 'datasets'] as const;

export type Values = (typeof VALUES)[number];

/** What stands in a place: words, what the gateway knows, or names of files. */
export type Place = readonly string[] | Values | 'files';

export interface Choice {
  readonly name: string;
  readonly description: string;
}

/** A command as a shell completes it. */
export interface Level {
  /** Its name and those of the commands around it, as `/model/show`; empty for `serendip` itself. */
  readonly path: string;
  readonly commands: readonly Choice[];
  /** `value` is what follows it; undefined for nothing. */
  readonly options: readonly (Choice & { readonly value: Place | undefined })[];
  /** What its arguments are; undefined for one that takes none. */
  readonly argument: Place | undefined;
}

const BY_NAME: Readonly<Record<string, Values>> = { 'model@version': 'versions', model: 'models', placement: 'placements', dataset: 'datasets' };

/** Every command that is shown in help, those around before those inside. */
export function levels(command: Command, path = ''): readonly Level[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  return [
    {
      path, commands: commands.map((each) => ({ name: each.name(), description: sentence(each.description()) })),
      options: help.visibleOptions(command).filter(({ long }) => long != null).map((option) => ({ name: option.long!, description: sentence(option.description), value: valueOf(option) })),
      argument: argument === undefined ? undefined : argument.argChoices ?? BY_NAME[argument.name()] ?? 'files',
    },
    // A shell asks for help of a command by --help.
    ...commands.filter((each) => command.commands.includes(each)).flatMap((each) => levels(each, `${path}/${each.name()}`)),
  ];
}

function valueOf(option: Option): Place | undefined {
  const [, name] = /[<[]([^>\].]+)/.exec(option.flags) ?? [];
  return name === undefined ? undefined : option.argChoices ?? BY_NAME[name] ?? BY_NAME[option.attributeName()] ?? 'files';
}

/** Up to the first end of a sentence. */
const sentence = (text: string): string => text.split(/[;:.(]( |$)/)[0]!.trim();
