import { refused } from './imported-graph.js';

/** A message of protobuf's text format: each field with its values, in order. */
export interface TextMessage {
  readonly [field: string]: readonly (string | TextMessage)[];
}

const TOKEN = /\s+|#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}[\]<>:,;]|[A-Za-z0-9_.+-]+/y;
const MOST_DEPTH = 20;

/**
 * Reads protobuf's text format without a schema: Triton's has hundreds of fields, of which an import needs six. Values are the words as they are
 * written, strings without their quotes. Throws INVALID_ARGUMENT/IMPORT_INVALID with the line.
 */
export function parseTextFormat(text: string, file: string): TextMessage {
  const tokens = tokensOf(text, file);
  let at = 0;
  const fail = (what: string): never => { throw refused(`${file} line ${tokens[at]?.line ?? text.split('\n').length}: ${what}.`); };
  const take = (): string => tokens[at++]?.text ?? fail('it ends too soon');
  const next = (): string | undefined => tokens[at]?.text;

  const message = (end: string | undefined, depth: number): TextMessage => {
    if (depth > MOST_DEPTH) fail(`messages are more than ${MOST_DEPTH} deep`);
    const fields: Record<string, (string | TextMessage)[]> = Object.create(null) as Record<string, (string | TextMessage)[]>;
    while (next() !== end) {
      const name = take();
      if (!/^[A-Za-z_]\w*$/.test(name)) fail(`'${name}' is no field`);
      const values = fields[name] ??= [];
      const hasColon = next() === ':';
      if (hasColon) at++;
      if (!hasColon && !['{', '<', '['].includes(next() ?? '')) fail(`'${name}' has no value`);
      if (next() === '[') values.push(...list(depth));
      else values.push(value(depth));
      if (next() === ',' || next() === ';') at++;
    }
    at++;
    return fields;
  };
  const list = (depth: number): readonly (string | TextMessage)[] => {
    at++;
    const values: (string | TextMessage)[] = [];
    while (next() !== ']') {
      values.push(value(depth));
      if (next() === ',') at++;
      else if (next() !== ']') fail(`there is '${next() ?? 'nothing'}' where , or ] was due`);
    }
    at++;
    return values;
  };
  const value = (depth: number): string | TextMessage => {
    const token = take();
    if (token === '{') return message('}', depth + 1);
    if (token === '<') return message('>', depth + 1);
    if (/^["']/.test(token)) return strings(token);
    return /^[\w.+-]+$/.test(token) ? token : fail(`'${token}' is no value`);
  };
  /** Strings beside each other are one. */
  const strings = (first: string): string => {
    let all = unquoted(first);
    while (/^["']/.test(next() ?? '')) all += unquoted(take());
    return all;
  };
  return message(undefined, 0);
}

const unquoted = (token: string): string => token.slice(1, -1).replace(/\\(.)/g, '$1');

function tokensOf(text: string, file: string): readonly { readonly text: string; readonly line: number }[] {
  const tokens: { text: string; line: number }[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const [found] = TOKEN.exec(text) ?? [];
    if (found === undefined) throw refused(`${file} line ${line}: '${text.slice(from, from + 10)}' is no text format of protobuf.`);
    if (!/^[\s#]/.test(found)) tokens.push({ text: found, line });
    line += found.split('\n').length - 1;
  }
  return tokens;
}
