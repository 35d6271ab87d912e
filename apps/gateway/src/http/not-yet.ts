import { DomainError } from '@serendip/shared-errors';

/** What a route that the API promises but this release does not have answers: 501, and where to read which will. */
export function notYet(what: string): DomainError {
  return new DomainError('UNIMPLEMENTED', 'NOT_AVAILABLE_YET', `${what} is not available in this release: see the roadmap in docs/architecture.md.`);
}

/** The two parts of `{id}:action`: the router takes no literal colon behind a parameter. The action is '' where there is none. */
export function actionOf(idAndAction: string): { readonly entity: string; readonly action: string } {
  const [, entity = idAndAction, action = ''] = /^(.+):(\w+)$/s.exec(idAndAction) ?? [];
  return { entity, action };
}

export const noSuchAction = (): DomainError => new DomainError('NOT_FOUND', 'ROUTE_UNKNOWN', 'There is no such route: /openapi.json lists them all.');

/** The same for `{id}:action`; what is none of `actions` is no route. */
export function actionNotYet(idAndAction: string, actions: Readonly<Record<string, string>>): DomainError {
  const { action } = actionOf(idAndAction);
  if (Object.hasOwn(actions, action)) return notYet(actions[action]!);
  return noSuchAction();
}
