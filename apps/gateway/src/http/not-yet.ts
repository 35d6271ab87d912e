import { DomainError } from '@serendip/shared-errors';

/** What a route that the API promises but this release does not have answers: 501, and which release will. */
export function notYet(what: string): DomainError {
  return new DomainError('UNIMPLEMENTED', 'NOT_AVAILABLE_YET', `${what} is not available in this release: see the roadmap in docs/architecture.md.`);
}
