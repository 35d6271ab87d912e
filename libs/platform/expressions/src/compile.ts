import type { ASTNode } from '@marcbachmann/cel-js';
import type { Bindings } from './bindings.js';
import { compileCall, compileMethod } from './compile-calls.js';
import { compileOperator } from './compile-operators.js';
import { element, type Evaluate } from './evaluate.js';
import { fault } from './expression-error.js';
import { itemField } from './item-field.js';
import { fieldOf, isItem } from './language.js';
import { valueOf, type Value } from './values.js';

/** Makes a function of a checked node. `variable` is the name of the list element, inside of a macro. */
export function compile(node: ASTNode, variable?: string): Evaluate {
  switch (node.op) {
    case 'value': {
      const value = typeof node.args === 'bigint' ? Number(node.args) : valueOf(node.args);
      return () => value;
    }
    case 'id': return node.args === variable ? () => element.current : ({ nowMs }) => nowMs;
    case '.': case '[]': return compileAccess(node, variable);
    case 'call': return compileCall(node, (inner) => compile(inner, variable));
    case 'rcall': return compileMethod(node, (inner, name = variable) => compile(inner, name));
    default: return compileOperator(node, (inner) => compile(inner, variable));
  }
}

function compileAccess(node: Extract<ASTNode, { op: '.' | '[]' }>, variable: string | undefined): Evaluate {
  const [left] = node.args;
  const name = fieldOf(node);
  if (left.op === 'id' && left.args !== variable) {
    if (name !== undefined && isItem(left.args)) return itemField(left.args, name);
    const root = left.args === 'user' ? 'user' : 'context';
    if (name !== undefined) return (bindings) => factOf(bindings[root], name);
    const key = compile(node.args[1] as ASTNode, variable);
    return (bindings) => {
      const computed = key(bindings);
      return typeof computed === 'string' ? factOf(bindings[root], computed) : undefined;
    };
  }
  if (node.op === '.') return fault(node.pos, 'Only item, seed, user and context have names in them', 'take the dot away');
  const list = compile(left, variable);
  const index = compile(node.args[1], variable);
  return (bindings) => {
    const of = list(bindings);
    const at = index(bindings);
    return typeof of === 'object' && typeof at === 'number' && at >= 0 && at < of.length ? valueOf(of.at(at)) : undefined;
  };
}

function factOf(facts: Bindings['user'], name: string): Value {
  return facts !== undefined && Object.hasOwn(facts, name) ? valueOf(facts[name]) : undefined;
}
