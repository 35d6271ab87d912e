import { isDomainError } from '@serendip/shared-errors';

/** How a command ends: what a script can tell apart. */
export const EXIT = { refused: 1, usage: 2, unreachable: 3 } as const;

/** A command that could not do its work, with what a person must know and how the process ends; `reason` is the gateway's, where it refused. */
export class Failure extends Error {
  constructor(message: string, readonly exitCode: (typeof EXIT)[keyof typeof EXIT], readonly reason?: string) {
    super(message);
    this.name = 'Failure';
  }
}

/** What a folder can be refused for, as a failure of the command. */
export async function refusable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error)) throw new Failure(`${error.reason}\n  ${error.message}`, EXIT.refused);
    throw error;
  }
}
