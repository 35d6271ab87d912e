import type { AttributeValue, ItemColumns } from '@serendip/shared-catalogue';
import type { UserStateView } from '@serendip/shared-layouts';

/** What is known of the visit that a request is made in. Empty texts are unknown. */
export interface VisitContext {
  readonly device: string;
  readonly locale: string;
  readonly country: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** What expressions are asked about, besides the item. */
export interface Visit {
  readonly columns: ItemColumns;
  /** The first seed item's row, -1 without one. */
  readonly seedRow: number;
  readonly state: UserStateView;
  /** Empty for a visitor without one. */
  readonly userId: string;
  readonly context: VisitContext;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** A compiled expression. What it answers never throws. */
export interface RowExpression<Value> {
  /** Whether its value depends on the item and on nothing of the visit, so that it can be kept. */
  readonly ofItemOnly: boolean;
  /** The expression's value by catalogue row, for the time of one request. */
  on(visit: Visit): (row: number) => Value;
}

/** Compiles expressions; each source once. Both throw INVALID_ARGUMENT EXPRESSION_INVALID. */
export abstract class ExpressionCompiler {
  abstract filter(source: string): RowExpression<boolean>;
  /** Its values are above 0 and finite. */
  abstract boost(source: string): RowExpression<number>;
}
