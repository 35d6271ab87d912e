import { compileExpression, DocumentItemView, type Bindings, type CatalogueSchema, type ExpressionKind } from '@serendip/platform-expressions';
import type { Condition, Facts, ItemExpression, PlannedRule, RuleLevel } from '@serendip/serving-domain';

/** A rule as configuration has it; empty texts are none. */
export interface RuleTexts {
  readonly name: string;
  readonly when: string;
  readonly filter: string;
  readonly boost: string;
  readonly pin?: { readonly expression: string; readonly slot: number } | undefined;
}

/** What facts are under the hood: the bindings of an expression, with a view that goes from item to item. */
export interface RequestFacts extends Facts {
  readonly user: Bindings['user'];
  readonly context: Bindings['context'];
  readonly nowMs: number;
  item?: DocumentItemView;
}

type ItemKind = Exclude<ExpressionKind, 'condition'>;

/** Compiles an expression over documents. Throws INVALID_ARGUMENT/EXPRESSION_INVALID. */
export function itemExpression(source: string, kind: ItemKind, schema?: CatalogueSchema): ItemExpression {
  const expression = compileExpression(source, { kind, schema });
  return {
    source,
    usesSeed: expression.reads.has('seed'),
    evaluate(document, facts) {
      const bindings = facts as RequestFacts;
      if (bindings.item === undefined) bindings.item = new DocumentItemView(document);
      else bindings.item.document = document;
      return expression.evaluate(bindings);
    },
  };
}

/** Compiles an expression over who asks and from where. Throws INVALID_ARGUMENT/EXPRESSION_INVALID. */
export function condition(source: string, schema?: CatalogueSchema): Condition {
  const expression = compileExpression(source, { kind: 'condition', schema });
  return { source, evaluate: (facts) => expression.evaluate(facts as RequestFacts) };
}

/**
 * Compiles rules that were checked when they were saved. The catalogue may have changed since: an attribute that is gone or has become
 * something else is a missing value, never an error. A filter that can't be read holds for nothing, and what else can't be read does nothing.
 */
export function plannedRules(level: RuleLevel, rules: readonly RuleTexts[]): readonly PlannedRule[] {
  return rules.map(({ name, when, filter, boost, pin }) => ({
    level,
    name,
    ...(when === '' ? {} : { when: readable(() => condition(when), { source: when, evaluate: () => false }) }),
    ...(filter === '' ? {} : { filter: readable(() => itemExpression(filter, 'filter'), constant(filter, false)) }),
    ...(boost === '' ? {} : { boost: readable(() => itemExpression(boost, 'boost'), constant(boost, 1)) }),
    ...(pin === undefined ? {} : { pin: { slot: pin.slot, expression: readable(() => itemExpression(pin.expression, 'filter'), constant(pin.expression, false)) } }),
  }));
}

const constant = (source: string, value: boolean | number): ItemExpression => ({ source, usesSeed: false, evaluate: () => value });

function readable<T>(compile: () => T, otherwise: T): T {
  try {
    return compile();
  } catch {
    return otherwise;
  }
}
