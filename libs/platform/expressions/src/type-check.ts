import { Environment, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { ITEM_FIELDS, fieldType, type CatalogueSchema } from './catalogue-schema.js';
import { LIMITS, VARIABLES, type ExpressionKind } from './language.js';

class Item {}

const CEL_VARIABLES = { item: 'Item', seed: 'Item', user: 'map<string, dyn>', context: 'map<string, dyn>', now: 'google.protobuf.Timestamp' };

/** What expressions of a kind may be made of. */
export interface Language {
  readonly kind: ExpressionKind;
  readonly schema?: CatalogueSchema | undefined;
}

/** Every word and every text of a source: all that can be a name in it. */
function wordsOf(source: string): Iterable<string> {
  return [...(source.match(/\w+/g) ?? []), ...Array.from(source.matchAll(/"([^"]*)"|'([^']*)'/g), ([, a, b]) => a ?? b ?? '')];
}

/**
 * Reads a source without checking its types. An environment is made for each source: it costs some 10 µs, holds the types of
 * what the source may name and nothing else, and takes what the library remembers of a hostile source away with it.
 */
export function parse(source: string, { kind, schema }: Language): ParseResult {
  const fields: Record<string, string> = { ...ITEM_FIELDS };
  for (const word of wordsOf(source)) {
    const type = fieldType(word, schema);
    if (type !== undefined && word !== '__proto__') fields[word] = type;
  }
  const environment = new Environment({
    // Without a schema an attribute is of any type, also beside a text in a list.
    homogeneousAggregateLiterals: schema !== undefined,
    limits: { maxAstNodes: LIMITS.nodes, maxDepth: LIMITS.depth, maxListElements: LIMITS.nodes, maxMapEntries: 1, maxCallArguments: 4 },
  });
  environment.registerType('Item', { ctor: Item, fields });
  for (const name of VARIABLES[kind]) environment.registerVariable(name, CEL_VARIABLES[name]);
  return environment.parse(source);
}

/** CEL's name of the type that a check gave a node. */
export function typeOf(node: ASTNode): string {
  return (node as { readonly checkedType?: { readonly type: string } }).checkedType?.type ?? 'dyn';
}

const constants = new Environment();

/** Milliseconds of a `timestamp('…')` or `duration('…')`; undefined for a text that is none. */
export function constantMs(call: 'timestamp' | 'duration', text: string): number | undefined {
  try {
    return Number(constants.evaluate(`${call}(${JSON.stringify(text)})`));
  } catch {
    return undefined;
  }
}
