import type { ASTNode } from '@marcbachmann/cel-js';
import { fieldNames, fieldType, type CatalogueSchema } from './catalogue-schema.js';
import { fault } from './expression-error.js';
import { FUNCTIONS, LIMITS, MACROS, METHODS, VARIABLES, childrenOf, fieldOf, isItem, type Variable } from './language.js';
import { nearestName } from './nearest-name.js';
import type { Language } from './type-check.js';

/** What a place in an expression knows of what is around it. */
interface Place {
  /** The name of the list element, inside of a list macro. */
  readonly element?: string;
  /** Whether a variable as a whole may stand here, not only what it holds. */
  readonly whole?: boolean;
}

/**
 * Throws a fault for what is CEL but not of the subset that is evaluated here: everything that could cost more than it looks
 * (regular expressions, nested list macros, maps) and names that can't exist. Answers the variables that are read.
 */
export function checkSubset(root: ASTNode, { kind, schema }: Language): ReadonlySet<Variable> {
  const variables: ReadonlySet<string> = new Set(VARIABLES[kind]);
  const reads = new Set<Variable>();

  const visit = (node: ASTNode, { element, whole }: Place): void => {
    const inner = element === undefined ? {} : { element };
    switch (node.op) {
      case 'value': return checkLiteral(node.args, node.start);
      case 'id': {
        if (node.args === element) return;
        if (!variables.has(node.args)) return unknownVariable(node.args, { position: node.start, kind, schema });
        reads.add(node.args as Variable);
        if (whole !== true && node.args !== 'now') fault(node.start, `${node.args} stands alone`, `write ${node.args}. and the name of what you want of it`);
        return;
      }
      case '.': case '[]': {
        const [left] = node.args;
        if (left.op === 'id' && left.args !== element && isItem(left.args) && variables.has(left.args)) checkField(left.args, node, schema);
        visit(left, { ...inner, whole: true });
        if (node.op === '[]') visit(node.args[1], inner);
        return;
      }
      case 'call': return visitCall(node, inner);
      case 'rcall': return visitMethod(node, inner);
      case 'in': {
        visit(node.args[0], inner);
        const [, right] = node.args;
        if (right.op === 'id' && isItem(right.args)) fault(right.start, `${right.args} is not a list`, `use has(${right.args}.name), or a list of it such as ${right.args}.tags`);
        return visit(right, { ...inner, whole: true });
      }
      case 'map': return fault(node.start, 'There are no maps here', 'use a list, or conditions joined by ||');
      case '.?': case '[?]': return fault(node.start, 'There is no optional access here', 'use has(item.name) && …');
      case 'list': {
        const nested = node.args.find(({ op }) => op === 'list');
        if (nested !== undefined) fault(nested.start, 'A list can not hold lists', 'write one list');
      }
    }
    for (const child of childrenOf(node)) visit(child, inner);
  };

  const visitCall = (node: Extract<ASTNode, { op: 'call' }>, place: Place): void => {
    const [name, args] = node.args;
    checkName(name, FUNCTIONS, { count: args.length, position: node.start });
    const [argument] = args;
    if (name === 'has') {
      const of = argument!.op === '.' && argument!.args[0].op === 'id' ? argument!.args[0].args : undefined;
      if (of === undefined || of === place.element || of === 'now') fault(argument!.start, 'has() takes a variable, a dot and a name', 'write has(item.name)');
    }
    if (name === 'timestamp' || name === 'duration') {
      const fits = argument!.op === 'value' && typeof argument!.args === 'string' && argument!.args.length <= LIMITS.literal;
      if (!fits) fault(argument!.start, `${name}() takes a text in quotes`, name === 'timestamp' ? "write timestamp('2026-01-31T00:00:00Z')" : "write duration('36h')");
    }
    for (const child of args) visit(child, place);
  };

  const visitMethod = (node: Extract<ASTNode, { op: 'rcall' }>, place: Place): void => {
    const [name, receiver, args] = node.args;
    const position = node.input.indexOf(name, receiver.end);
    if (name === 'matches') fault(position, 'There are no regular expressions here', 'use contains, startsWith or endsWith');
    checkName(name, METHODS, { count: args.length, position });
    visit(receiver, place);
    if (!MACROS.has(name)) return args.forEach((child) => visit(child, place));
    const [variable, body] = args as [ASTNode, ASTNode];
    if (place.element !== undefined) fault(position, `${name}() stands inside of another list macro`, 'use `in`, or one list macro after the other');
    if (variable.op !== 'id') fault(variable.start, `${name}() takes a name first`, `write ${name}(x, …)`);
    if (Object.hasOwn(FUNCTIONS, variable.args) || ['item', 'seed', 'user', 'context', 'now'].includes(variable.args)) fault(variable.start, `${variable.args} is taken`, 'use another name, such as x');
    visit(body, { element: variable.args });
  };

  visit(root, {});
  return reads;
}

function checkLiteral(value: unknown, position: number): void {
  if (value === null) fault(position, 'There is no null here', 'use has(item.name) to ask whether there is a value');
  if (typeof value === 'bigint' && value > BigInt(Number.MAX_SAFE_INTEGER)) fault(position, 'This number is too large', 'use at most 9007199254740991');
  if (typeof value === 'object') fault(position, 'There are no bytes and no unsigned numbers here', 'use a text or a number');
}

function checkName(name: string, known: Readonly<Record<string, number>>, { count, position }: { readonly count: number; readonly position: number }): void {
  if (!Object.hasOwn(known, name)) {
    const near = nearestName(name, Object.keys(known));
    fault(position, `There is no ${name}() here`, near === undefined ? `known are ${Object.keys(known).join(', ')}` : `did you mean ${near}()?`);
  }
  if (known[name] !== count) fault(position, `${name}() takes ${known[name]} argument${known[name] === 1 ? '' : 's'}, not ${count}`, `write ${name}(${Array.from({ length: known[name]! }, () => '…').join(', ')})`);
}

function unknownVariable(name: string, { position, kind, schema }: Language & { readonly position: number }): never {
  const known = VARIABLES[kind];
  if (kind !== 'condition' && fieldNames(schema).includes(name)) fault(position, `There is no variable ${name}`, `did you mean item.${name}?`);
  if (kind === 'condition' && isItem(name)) fault(position, `A condition knows no ${name}`, 'it is decided once a request: use user, context and now');
  const near = nearestName(name, known);
  return fault(position, `There is no variable ${name}`, near === undefined ? `known are ${known.join(', ')}; a text needs quotes` : `did you mean ${near}?`);
}

/** That an item can have what is asked of it. */
function checkField(variable: string, node: ASTNode, schema: CatalogueSchema | undefined): void {
  const name = fieldOf(node);
  if (name === undefined) return fault(node.start, `The name after ${variable} is computed`, `write ${variable}.name or ${variable}["name"]`);
  if (fieldType(name, schema) !== undefined || schema === undefined) return;
  const near = nearestName(name, fieldNames(schema));
  fault(node.op === '.' ? node.pos : node.start, `No item has ${name}`, near === undefined ? `known are ${some(fieldNames(schema))}` : `did you mean ${variable}.${near}?`);
}

function some(names: readonly string[]): string {
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
}
