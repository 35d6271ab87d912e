import type { ASTNode } from '@marcbachmann/cel-js';
import type { Evaluate } from './evaluate.js';
import { fault } from './expression-error.js';
import { spend, textSteps } from './steps.js';
import { typeOf } from './type-check.js';
import { equal, isIn, valueOf, type Value } from './values.js';

type Compile = (node: ASTNode) => Evaluate;
type Binary = (left: Value, right: Value) => Value;

/** From so many constants on a list is looked up in a set. */
const FEW = 8;

export function compileOperator(node: ASTNode, compile: Compile): Evaluate {
  switch (node.op) {
    case '&&': return junction(compile(node.args[0]), compile(node.args[1]), false);
    case '||': return junction(compile(node.args[0]), compile(node.args[1]), true);
    case '?:': return choice(node.args.map(compile) as [Evaluate, Evaluate, Evaluate]);
    case '!_': {
      const operand = compile(node.args);
      return (bindings) => not(operand(bindings));
    }
    case '-_': {
      const operand = compile(node.args);
      return (bindings) => arithmetic(operand(bindings), -1, (a, b) => a * b);
    }
    case 'list': return list(node.args, compile);
    case 'in': return membership(node.args, compile);
    default: {
      const operands = node.args as readonly [ASTNode, ASTNode];
      if (node.op === '+' && operands.some((operand) => typeOf(operand) === 'list')) fault(node.start, 'Lists can not be joined here', 'ask each list by itself, joined by ||');
      return binary(compile(operands[0]), compile(operands[1]), operationOf(node.op, operands));
    }
  }
}

/** && and ||: `decisive` on either side decides, whatever becomes of the other side. */
function junction(left: Evaluate, right: Evaluate, decisive: boolean): Evaluate {
  return (bindings) => {
    const first = left(bindings);
    if (first === decisive) return decisive;
    const second = right(bindings);
    if (second === decisive) return decisive;
    return first === !decisive && second === !decisive ? !decisive : undefined;
  };
}

function choice([condition, yes, no]: readonly [Evaluate, Evaluate, Evaluate]): Evaluate {
  return (bindings) => {
    const chosen = condition(bindings);
    if (chosen === true) return yes(bindings);
    return chosen === false ? no(bindings) : undefined;
  };
}

function binary(left: Evaluate, right: Evaluate, operation: Binary): Evaluate {
  return (bindings) => operation(left(bindings), right(bindings));
}

function list(nodes: readonly ASTNode[], compile: Compile): Evaluate {
  const elements = nodes.map(compile);
  if (nodes.every(({ op }) => op === 'value')) {
    const values = elements.map((evaluate) => evaluate({}));
    return () => values;
  }
  return (bindings) => {
    const values: Value[] = [];
    for (const evaluate of elements) {
      const value = evaluate(bindings);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

function membership([left, right]: readonly [ASTNode, ASTNode], compile: Compile): Evaluate {
  const value = compile(left);
  if (right.op === 'id' && (right.args === 'user' || right.args === 'context')) {
    const root = right.args;
    return (bindings) => {
      const name = value(bindings);
      const facts = bindings[root];
      return typeof name === 'string' && facts !== undefined ? Object.hasOwn(facts, name) && valueOf(facts[name]) !== undefined : undefined;
    };
  }
  const values = compile(right);
  if (right.op !== 'list' || right.args.length < FEW || right.args.some(({ op }) => op !== 'value')) return binary(value, values, isIn);
  const set = new Set(values({}) as readonly Value[]);
  return (bindings) => {
    const wanted = value(bindings);
    return wanted === undefined ? undefined : set.has(wanted);
  };
}

function operationOf(operator: string, operands: readonly ASTNode[]): Binary {
  const whole = operands.every((operand) => typeOf(operand) === 'int');
  switch (operator) {
    case '==': return equal;
    case '!=': return (a, b) => not(equal(a, b));
    case '<': return (a, b) => (comparable(a, b) ? a! < b! : undefined);
    case '<=': return (a, b) => (comparable(a, b) ? a! <= b! : undefined);
    case '>': return (a, b) => (comparable(a, b) ? a! > b! : undefined);
    case '>=': return (a, b) => (comparable(a, b) ? a! >= b! : undefined);
    case '+': return add;
    case '-': return (a, b) => arithmetic(a, b, (x, y) => x - y);
    case '*': return (a, b) => arithmetic(a, b, (x, y) => x * y);
    case '/': return (a, b) => arithmetic(a, b, whole ? (x, y) => (y === 0 ? undefined : Math.trunc(x / y)) : (x, y) => x / y);
    default: return (a, b) => arithmetic(a, b, (x, y) => (y === 0 ? undefined : x % y));
  }
}

function not(value: Value): Value {
  return typeof value === 'boolean' ? !value : undefined;
}

function comparable(a: Value, b: Value): boolean {
  return typeof a === typeof b && a !== undefined && typeof a !== 'object';
}

function arithmetic(a: Value, b: Value, operation: (a: number, b: number) => Value): Value {
  return typeof a === 'number' && typeof b === 'number' ? operation(a, b) : undefined;
}

function add(a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') return spend(textSteps(a.length + b.length)) ? a + b : undefined;
  return arithmetic(a, b, (x, y) => x + y);
}
