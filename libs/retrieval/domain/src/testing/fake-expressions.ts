import { DomainError } from '@serendip/shared-errors';
import { ExpressionCompiler, type RowExpression, type Visit } from '../expressions/expression-compiler.js';

/** An expression as a test writes it: a function of the row and of the visit. */
export interface FakeExpression {
  /** Whether it looks at the visit's columns and at nothing else of it. */
  readonly ofItemOnly: boolean;
  value(row: number, visit: Visit): number;
}

/** Expressions by name; for a filter, a value other than 0 is true. Counts how often each was asked. */
export class FakeExpressions extends ExpressionCompiler {
  readonly asked = new Map<string, number>();

  constructor(private readonly byName: Readonly<Record<string, FakeExpression>> = {}) {
    super();
  }

  filter(source: string): RowExpression<boolean> {
    const { ofItemOnly, value } = this.find(source);
    return { ofItemOnly, on: (visit) => (row) => this.count(source) && value(row, visit) !== 0 };
  }

  boost(source: string): RowExpression<number> {
    const { ofItemOnly, value } = this.find(source);
    return { ofItemOnly, on: (visit) => (row) => value(row, visit) };
  }

  private find(source: string): FakeExpression {
    const found = this.byName[source];
    if (found === undefined) throw new DomainError('INVALID_ARGUMENT', 'EXPRESSION_INVALID', `${source} is no expression.`);
    return found;
  }

  private count(source: string): boolean {
    return this.asked.set(source, (this.asked.get(source) ?? 0) + 1) !== undefined;
  }
}
