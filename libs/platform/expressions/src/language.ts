import type { ASTNode } from '@marcbachmann/cel-js';

/** What an expression is for: `filter` and `condition` answer true or false, `boost` a number; a condition knows no item. */
export type ExpressionKind = 'filter' | 'boost' | 'condition';

/** The variables that expressions have. */
export type Variable = 'item' | 'seed' | 'user' | 'context' | 'now';

export const VARIABLES: Readonly<Record<ExpressionKind, readonly Variable[]>> = {
  filter: ['item', 'user', 'context', 'seed', 'now'],
  boost: ['item', 'user', 'context', 'seed', 'now'],
  condition: ['user', 'context', 'now'],
};

/** Beyond these an expression is refused: what is left costs little to read and to evaluate, whoever wrote it. */
export const LIMITS = { characters: 2000, nodes: 400, depth: 24, literal: 40 };

/** Functions by the number of their arguments. */
export const FUNCTIONS: Readonly<Record<string, number>> = { has: 1, size: 1, string: 1, double: 1, int: 1, dyn: 1, timestamp: 1, duration: 1 };

/** Methods by the number of their arguments. */
export const METHODS: Readonly<Record<string, number>> = { startsWith: 1, endsWith: 1, contains: 1, lowerAscii: 0, upperAscii: 0, trim: 0, size: 0, exists: 2, all: 2, exists_one: 2, filter: 2 };

/** Methods that go through a list with a name for its elements. */
export const MACROS: ReadonlySet<string> = new Set(['exists', 'all', 'exists_one', 'filter']);

export const isItem = (name: string): name is 'item' | 'seed' => name === 'item' || name === 'seed';

/** The name after a dot or as text in brackets; undefined for an index that is computed. */
export function fieldOf(node: ASTNode): string | undefined {
  if (node.op === '.') return node.args[1];
  if (node.op !== '[]') return undefined;
  const index = node.args[1];
  return index.op === 'value' && typeof index.args === 'string' ? index.args : undefined;
}

/** The nodes right under a node. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value': case 'id': return [];
    case '.': case '.?': return [node.args[0]];
    case '!_': case '-_': return [node.args];
    case 'call': return node.args[1];
    case 'rcall': return [node.args[1], ...node.args[2]];
    case 'map': return node.args.flat();
    default: return node.args;
  }
}
