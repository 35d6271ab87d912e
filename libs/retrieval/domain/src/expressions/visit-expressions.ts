import { DomainError } from '@serendip/shared-errors';
import type { UserStateView } from '@serendip/shared-layouts';
import type { TenantCatalogue } from '../catalogue/tenant-catalogue.js';
import type { RequestExpressions, RetrievalRequest } from '../request/retrieval-request.js';
import type { ExpressionCompiler, Visit } from './expression-compiler.js';

/** A filter or pin as one request asks it. */
export interface VisitFilter {
  readonly test: (row: number) => boolean;
  /** The answer where it is already known, at no cost. */
  readonly known: (row: number) => boolean | undefined;
  /** Every row that passes, where that is kept; undefined for a filter that depends on the visit. */
  readonly passing?: () => Int32Array;
}

/** The expressions of one request, ready to be asked about rows. */
export interface VisitExpressions {
  readonly filters: readonly VisitFilter[];
  readonly boosts: readonly ((row: number) => number)[];
  readonly pins: readonly VisitFilter[];
}

export const NO_EXPRESSIONS: VisitExpressions = { filters: [], boosts: [], pins: [] };

/** A candidate's pins are 16 bits. */
const MOST: Readonly<Record<'filters' | 'boosts' | 'pins', number>> = { filters: 64, boosts: 64, pins: 16 };

/** Compiles a request's expressions. Throws INVALID_ARGUMENT for one that is wrong, or when there are too many. */
export function visitExpressions(request: RetrievalRequest, { compiler, catalogue, state }: { readonly compiler: ExpressionCompiler | undefined; readonly catalogue: TenantCatalogue; readonly state: UserStateView }): VisitExpressions {
  const { expressions } = request;
  if (expressions === undefined) return NO_EXPRESSIONS;
  if (compiler === undefined) throw new DomainError('UNIMPLEMENTED', 'EXPRESSIONS_UNSUPPORTED', 'Expressions are not evaluated here.');
  checkCounts(expressions);
  const { columns } = catalogue;
  const [seed] = request.seedItemIds;
  const visit: Visit = { columns, seedRow: seed === undefined ? -1 : columns.rowOfId(seed), state, userId: expressions.userId, context: expressions.context, nowMs: request.nowMs };

  const filter = (source: string): VisitFilter => {
    const compiled = compiler.filter(source);
    const test = compiled.on(visit);
    if (!compiled.ofItemOnly) return { test, known: () => undefined };
    const verdicts = catalogue.verdicts(source);
    return { test: (row) => verdicts.ask(row, test), known: (row) => verdicts.known(row), passing: () => verdicts.rows(catalogue.view.catalogueRevision, test) };
  };
  return { filters: expressions.filters.map(filter), boosts: expressions.boosts.map((source) => compiler.boost(source).on(visit)), pins: expressions.pins.map(filter) };
}

function checkCounts(expressions: RequestExpressions): void {
  for (const name of ['filters', 'boosts', 'pins'] as const) {
    if (expressions[name].length > MOST[name]) throw new DomainError('INVALID_ARGUMENT', 'TOO_MANY_EXPRESSIONS', `A request may have at most ${MOST[name]} ${name}, not ${expressions[name].length}.`, { metadata: { field: name } });
  }
}
