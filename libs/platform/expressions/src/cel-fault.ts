import type { ASTNode } from '@marcbachmann/cel-js';
import type { Fault } from './expression-error.js';
import { LIMITS, childrenOf } from './language.js';
import { typeOf } from './type-check.js';

/** An error of the parser or the type checker. */
interface CelError {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: { readonly op?: string };
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end', RPAREN: ')', LPAREN: '(', RBRACKET: ']', LBRACKET: '[', RBRACE: '}', LBRACE: '{', COMMA: ',', DOT: '.', COLON: ':', QUESTION: '?', IDENTIFIER: 'a name', IN: 'in',
  PLUS: '+', MINUS: '-', MULTIPLY: '*', DIVIDE: '/', MODULO: '%', EQ: '==', NE: '!=', LT: '<', LE: '<=', GT: '>', GE: '>=', AND: '&&', OR: '||', NOT: '!',
  NUMBER: 'a number', STRING: 'a text', BOOLEAN: 'true or false', NULL: 'null', BYTES: 'bytes',
};

const TYPES: Readonly<Record<string, string>> = {
  double: 'a number', int: 'a whole number', string: 'a text', bool: 'true or false', 'list<string>': 'a list of texts', 'list<double>': 'a list of numbers', 'list<int>': 'a list of whole numbers',
  'google.protobuf.Timestamp': 'a time', 'google.protobuf.Duration': 'a duration', dyn: 'a value',
};

const SHORT: Readonly<Record<string, string>> = {
  double: 'number', int: 'whole number', string: 'text', bool: 'true/false', 'google.protobuf.Timestamp': 'time', 'google.protobuf.Duration': 'duration',
};

/** A type in words. */
export function inWords(type: string): string {
  return TYPES[type] ?? (type.startsWith('list') ? 'a list' : type);
}

const words = (summary: string): string => summary
  .replace(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? token)
  .replace(/google\.protobuf\.(Timestamp|Duration)|\b(double|int|string|bool)\b/g, (type) => SHORT[type] ?? type)
  .replace(/^no such overload: /, 'These do not go together: ')
  .replace(/^found no matching overload for /, 'This can not be called so: ');

/** What the library's error means to the author of the expression. */
export function celFault(error: unknown, source: string): Fault {
  const { code, summary, range, node } = error as Partial<CelError>;
  if (typeof code !== 'string' || typeof summary !== 'string') return { position: 0, problem: 'This can not be read', hint: 'write it more simply' };
  const position = Math.min(range?.start ?? 0, source.length);
  const problem = words(summary);
  const whole = node?.op === undefined ? undefined : wholeNumberFault(node as ASTNode, source);
  if (whole !== undefined) return { ...whole, problem };
  return { position, problem, hint: hintOf(code, { source, position, node: node as ASTNode | undefined }) };
}

/** A whole number where one with a decimal point belongs is the usual mistake: where it is and how to write it. */
function wholeNumberFault(node: ASTNode, source: string): { readonly position: number; readonly hint: string } | undefined {
  const operands = childrenOf(node).slice(node.op === '?:' ? 1 : 0);
  const types = operands.map(typeOf);
  const place = operands.findIndex((operand, i) => isWhole(operand) && types.some((type, j) => j !== i && (type === 'double' || (node.op === 'in' && type === 'list'))));
  const other = node.op === 'in' && types[0] === 'double' && operands[1]?.op === 'list' && operands[1].args.every(isWhole) ? operands[1] : operands[place];
  if (other === undefined) return undefined;
  const text = source.slice(other.start, other.end);
  return { position: other.start, hint: `write ${other.op === 'list' ? text.replace(/\d+/g, '$&.0') : `${text}.0`}` };
}

const isWhole = (node: ASTNode): boolean => (node.op === 'value' ? typeof node.args === 'bigint' : node.op === '-_' && isWhole(node.args));

function hintOf(code: string, { source, position, node }: { readonly source: string; readonly position: number; readonly node: ASTNode | undefined }): string {
  const rest = source.slice(position);
  if (rest.startsWith('=')) return 'write == to compare';
  if (/^(and|or|not)\b/i.test(rest)) return 'write && for and, || for or, ! for not';
  if (rest.startsWith('&') || rest.startsWith('|')) return 'write && for and, || for or';
  switch (code) {
    case 'limit_exceeded': return `make it simpler: at most ${LIMITS.nodes} parts, nested at most ${LIMITS.depth} deep`;
    case 'unterminated_string': case 'unterminated_triple_quoted_string': return 'close the text with the quote it began with';
    case 'reserved_identifier': return 'use another name';
    case 'invalid_condition_type': return 'begin with a comparison, such as item.price > 10.0 ? 1.5 : 1.0';
    case 'incompatible_ternary_branches': return 'make both sides the same, such as 1.5 : 1.0';
    case 'invalid_logical_operand': return 'compare it with something, or ask has(…)';
    case 'heterogeneous_list_element': return 'make all elements the same, such as [1.0, 2.5]';
    case 'cannot_index_type': case 'invalid_index_type': return 'only item, seed, user and context have names in them';
    case 'invalid_comprehension_range': return 'use it on a list';
    case 'no_such_overload': return overloadHint(node);
    case 'no_matching_overload': return 'use it on what it is made for: texts, or size() and in for lists';
    default: return rest === '' ? 'go on: something is missing at the end' : 'look at what stands here and just before';
  }
}

function overloadHint(node: ASTNode | undefined): string {
  const types = node === undefined ? [] : childrenOf(node).map(typeOf);
  if (types.includes('list') && node?.op !== 'in') return "use in, such as 'a' in item.tags";
  if (types.length === 2) return `${inWords(types[0]!)} and ${inWords(types[1]!)} need the same type: look at the quotes and the decimal point`;
  return 'use it on another type';
}
