import type { ASTNode } from '@marcbachmann/cel-js';
import { element, type Evaluate } from './evaluate.js';
import { fault } from './expression-error.js';
import { itemField } from './item-field.js';
import { MACROS, childrenOf, fieldOf, isItem } from './language.js';
import { spend, textSteps } from './steps.js';
import { constantMs } from './type-check.js';
import { valueOf, type Value } from './values.js';

type Call = Extract<ASTNode, { op: 'call' }>;
type Method = Extract<ASTNode, { op: 'rcall' }>;

export function compileCall(node: Call, compile: (node: ASTNode) => Evaluate): Evaluate {
  const [name, args] = node.args;
  const argument = args[0]!;
  switch (name) {
    case 'has': return has(argument, compile);
    case 'timestamp': case 'duration': {
      const ms = constantMs(name, (argument as { readonly args: string }).args);
      if (ms === undefined || Number.isNaN(ms)) return fault(argument.start, `This is no ${name}`, name === 'timestamp' ? "write timestamp('2026-01-31T00:00:00Z')" : "write duration('36h')");
      return () => ms;
    }
    case 'size': return unary(compile(argument), size);
    case 'string': return unary(compile(argument), text);
    case 'double': return unary(compile(argument), (value) => numberOf(value));
    case 'int': return unary(compile(argument), whole);
    default: return compile(argument);
  }
}

/** Whether there is a value. An empty title and an empty list of the item's own fields count as none. */
function has(node: ASTNode, compile: (node: ASTNode) => Evaluate): Evaluate {
  const of = node.op === '.' && node.args[0].op === 'id' ? node.args[0].args : '';
  const name = fieldOf(node) ?? '';
  if (!isItem(of)) return unary(compile(node), (value) => value !== undefined);
  const field = itemField(of, name);
  switch (name) {
    case 'title': return unary(field, (value) => value !== undefined && value !== '');
    case 'categories': case 'tags': return unary(field, (value) => typeof value === 'object' && value.length > 0);
    default: return unary(field, (value) => value !== undefined);
  }
}

export function compileMethod(node: Method, compile: (node: ASTNode, variable?: string) => Evaluate): Evaluate {
  const [name, receiver, args] = node.args;
  const on = compile(receiver);
  if (MACROS.has(name)) {
    const [variable, body] = args as [Extract<ASTNode, { op: 'id' }>, ASTNode];
    return macro(name, on, { body: compile(body, variable.args), cost: countOf(body) });
  }
  const argument = args[0] === undefined ? undefined : compile(args[0]);
  switch (name) {
    case 'startsWith': return texts(on, argument!, (text, part) => text.startsWith(part));
    case 'endsWith': return texts(on, argument!, (text, part) => text.endsWith(part));
    case 'contains': return texts(on, argument!, (text, part) => (spend((text.length * part.length) >>> 5) ? text.includes(part) : undefined));
    case 'lowerAscii': return unary(on, (value) => (typeof value === 'string' && spend(textSteps(value.length)) ? value.toLowerCase() : undefined));
    case 'upperAscii': return unary(on, (value) => (typeof value === 'string' && spend(textSteps(value.length)) ? value.toUpperCase() : undefined));
    case 'trim': return unary(on, (value) => (typeof value === 'string' && spend(textSteps(value.length)) ? value.trim() : undefined));
    default: return unary(on, size);
  }
}

function unary(operand: Evaluate, operation: (value: Value) => Value): Evaluate {
  return (bindings) => operation(operand(bindings));
}

function texts(left: Evaluate, right: Evaluate, operation: (text: string, part: string) => Value): Evaluate {
  return (bindings) => {
    const text = left(bindings);
    const part = right(bindings);
    return typeof text === 'string' && typeof part === 'string' ? operation(text, part) : undefined;
  };
}

/** Nodes of a body: the steps that each element of a list costs. */
function countOf(node: ASTNode): number {
  return childrenOf(node).reduce((sum, child) => sum + countOf(child), 1);
}

interface Body {
  readonly body: Evaluate;
  readonly cost: number;
}

/** exists and all are decided by one element, whatever becomes of the others; exists_one and filter need all of them. */
function macro(name: string, list: Evaluate, { body, cost }: Body): Evaluate {
  const decisive = name === 'exists' ? true : name === 'all' ? false : undefined;
  return (bindings) => {
    const values = list(bindings);
    if (typeof values !== 'object' || !spend(cost * values.length)) return undefined;
    const kept: unknown[] = [];
    let missing = false;
    for (let i = 0; i < values.length; i++) {
      element.current = valueOf(values.at(i));
      const verdict = body(bindings);
      if (typeof verdict !== 'boolean') missing = true;
      else if (verdict === decisive) return decisive;
      else if (verdict && decisive === undefined) kept.push(values.at(i));
    }
    if (missing) return undefined;
    if (decisive !== undefined) return !decisive;
    return name === 'filter' ? kept : kept.length === 1;
  };
}

/** Characters of a text (code points), elements of a list. */
function size(value: Value): Value {
  if (typeof value === 'object') return value.length;
  if (typeof value !== 'string' || !spend(textSteps(value.length))) return undefined;
  let count = 0;
  for (const _ of value) count++;
  return count;
}

function text(value: Value): Value {
  if (value === Infinity || value === -Infinity) return value > 0 ? '+Inf' : '-Inf';
  return typeof value === 'object' || value === undefined ? undefined : String(value);
}

function numberOf(value: Value): Value {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 32 || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function whole(value: Value): Value {
  const number = numberOf(value);
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : undefined;
}
