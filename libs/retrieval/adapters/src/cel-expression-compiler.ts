import { attributeValuesOf } from '@serendip/platform-catalogue-feed';
import { ColumnsItemView, compileExpression, contextFacts, userFacts, type Bindings, type Expression, type Facts } from '@serendip/platform-expressions';
import { ExpressionCompiler, type RowExpression, type Visit } from '@serendip/retrieval-domain';
import { events, fromBinary } from '@serendip/shared-contracts';

/** CEL expressions over item columns. They were checked against the catalogue where they were written; here items may have any attribute. */
export class CelExpressionCompiler extends ExpressionCompiler {
  private readonly users = new WeakMap<Visit, Facts>();

  filter(source: string): RowExpression<boolean> {
    const expression = compileExpression(source, { kind: 'filter' });
    return { ofItemOnly: isOfItemOnly(expression), on: (visit) => this.over(expression, visit) };
  }

  boost(source: string): RowExpression<number> {
    const expression = compileExpression(source, { kind: 'boost' });
    return { ofItemOnly: isOfItemOnly(expression), on: (visit) => this.over(expression, visit) };
  }

  private over<Kind extends 'filter' | 'boost'>(expression: Expression<Kind>, visit: Visit): (row: number) => ReturnType<Expression<Kind>['evaluate']> {
    const { reads } = expression;
    const item = new ColumnsItemView(visit.columns);
    const bindings: Bindings = {
      item,
      seed: reads.has('seed') && visit.seedRow >= 0 ? Object.assign(new ColumnsItemView(visit.columns), { row: visit.seedRow }) : undefined,
      user: reads.has('user') ? this.userOf(visit) : undefined,
      context: reads.has('context') ? contextFacts(visit.context, visit.nowMs) : undefined,
      nowMs: visit.nowMs,
    };
    return (row) => {
      item.row = row;
      return expression.evaluate(bindings);
    };
  }

  /** Reads the profile once a visit. */
  private userOf(visit: Visit): Facts {
    let user = this.users.get(visit);
    if (user === undefined) {
      const { id, attributes } = fromBinary(events.UserProfileSchema, visit.state.profile);
      this.users.set(visit, user = userFacts(visit.userId || id, attributeValuesOf(attributes)));
    }
    return user;
  }
}

const isOfItemOnly = ({ reads }: Expression): boolean => [...reads].every((variable) => variable === 'item');
