import { LRUCache } from 'lru-cache';
import type { Bindings } from './bindings.js';
import { celFault, inWords } from './cel-fault.js';
import { compile } from './compile.js';
import { FaultError, expressionInvalid, fault, type Fault } from './expression-error.js';
import type { Evaluate } from './evaluate.js';
import { LIMITS, type ExpressionKind, type Variable } from './language.js';
import { beginSteps } from './steps.js';
import { checkSubset } from './subset.js';
import { parse, type Language } from './type-check.js';
import type { CatalogueSchema } from './catalogue-schema.js';
import type { Value } from './values.js';

/** Range of a boost. */
const LEAST_BOOST = 0.01;
const MOST_BOOST = 100;
/** Sources whose outcome is kept for each catalogue schema. */
const KEPT = 1000;

type ResultOf<Kind extends ExpressionKind> = Kind extends 'boost' ? number : boolean;

/** A checked expression. */
export interface Expression<Kind extends ExpressionKind = ExpressionKind> {
  readonly source: string;
  readonly kind: Kind;
  /** The variables that its value depends on. */
  readonly reads: ReadonlySet<Variable>;
  /**
   * Its value; never throws and allocates nothing that lasts. A filter or condition that depends on a missing value is false, a boost 1;
   * a boost is within 0.01 and 100, and 1 when it isn't finite.
   */
  evaluate(bindings: Bindings): ResultOf<Kind>;
}

export interface ExpressionOptions<Kind extends ExpressionKind> {
  readonly kind: Kind;
  /** Without one, items may have any attribute, of any type. */
  readonly schema?: CatalogueSchema | undefined;
}

const ANY_SCHEMA: CatalogueSchema = { attributes: {} };
const compiled = new WeakMap<CatalogueSchema, LRUCache<string, Expression | Fault>>();

/**
 * Compiles a CEL expression, or finds what is wrong with it, once for each schema object and source. Throws INVALID_ARGUMENT EXPRESSION_INVALID with `position` (offset), `line`, `column`
 * and `hint` as metadata.
 */
export function compileExpression<Kind extends ExpressionKind>(source: string, { kind, schema }: ExpressionOptions<Kind>): Expression<Kind> {
  const { characters } = LIMITS;
  if (source.length > characters) throw expressionInvalid(source, { position: characters, problem: `An expression has at most ${characters} characters, not ${source.length}`, hint: 'make it shorter' });
  const owner = schema ?? ANY_SCHEMA;
  let cache = compiled.get(owner);
  if (cache === undefined) compiled.set(owner, cache = new LRUCache({ max: KEPT }));
  const key = `${kind} ${source}`;
  let outcome = cache.get(key);
  if (outcome === undefined) cache.set(key, outcome = compileNew(source, { kind, schema }));
  if ('problem' in outcome) throw expressionInvalid(source, outcome);
  return outcome as Expression<Kind>;
}

/** Throws what `compileExpression` throws. */
export function checkExpression(source: string, options: ExpressionOptions<ExpressionKind>): void {
  compileExpression(source, options);
}

function compileNew(source: string, language: Language): Expression | Fault {
  try {
    if (source.trim() === '') fault(0, 'The expression is empty', 'write a condition such as item.price < 20.0, or leave it out');
    const parsed = parse(source, language);
    const reads = checkSubset(parsed.ast, language);
    const { type, error } = parsed.check();
    if (error !== undefined) throw error;
    checkResult(type ?? 'dyn', language.kind);
    return { source, kind: language.kind, reads, evaluate: resultOf(language.kind, compile(parsed.ast)) } as Expression;
  } catch (error) {
    return error instanceof FaultError ? error.fault : celFault(error, source);
  }
}

function checkResult(type: string, kind: ExpressionKind): void {
  if (type === 'dyn') return;
  if (kind === 'boost' && type !== 'double' && type !== 'int') fault(0, `A boost is a number, and this is ${inWords(type)}`, type === 'bool' ? 'write … ? 2.0 : 1.0' : 'write a number, such as 1.5');
  if (kind !== 'boost' && type !== 'bool') fault(0, `A ${kind} is true or false, and this is ${inWords(type)}`, 'compare it with something, or ask has(…)');
}

function resultOf(kind: ExpressionKind, evaluate: Evaluate): (bindings: Bindings) => boolean | number {
  if (kind === 'boost') {
    return (bindings) => {
      beginSteps();
      return boostOf(evaluate(bindings));
    };
  }
  return (bindings) => {
    beginSteps();
    return evaluate(bindings) === true;
  };
}

function boostOf(value: Value): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 1;
  return Math.min(MOST_BOOST, Math.max(LEAST_BOOST, value));
}
