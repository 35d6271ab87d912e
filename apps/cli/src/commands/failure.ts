/** How a command ends: what a script can tell apart. */
export const EXIT = { refused: 1, usage: 2, unreachable: 3 } as const;

/** A command that could not do its work, with what a person must know and how the process ends. */
export class Failure extends Error {
  constructor(message: string, readonly exitCode: (typeof EXIT)[keyof typeof EXIT]) {
    super(message);
    this.name = 'Failure';
  }
}
