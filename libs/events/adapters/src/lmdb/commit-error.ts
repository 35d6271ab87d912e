/** lmdb rejects a second promise with the reason of a failed commit, which it has printed by then; unhandled it would end the process. */
export function disregardCommitError(error: unknown): void {
  if (error instanceof Error && 'commitError' in error) Promise.resolve(error.commitError).catch(() => undefined);
}
