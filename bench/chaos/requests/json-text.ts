/** JSON as text that may be wrong: values that JSON can't say are written as they are given. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An object whose names may come more than once. */
export class Pairs {
  readonly pairs: readonly (readonly [string, unknown])[];

  constructor(pairs: readonly (readonly [string, unknown])[]) {
    this.pairs = pairs;
  }
}

const objectText = (pairs: readonly (readonly [string, unknown])[]): string => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(',')}}`;

export function jsonText(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (value instanceof Pairs) return objectText(value.pairs);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) return objectText(Object.entries(value));
  return JSON.stringify(value) ?? 'null';
}

/** The value with one part of it, found by `where`, replaced; taken out or doubled instead when `by` says so. */
export function changed(value: unknown, where: readonly number[], by: unknown): unknown {
  const [first, ...rest] = where;
  if (first === undefined || typeof value !== 'object' || value === null || value instanceof Raw || value instanceof Pairs) return by === OMITTED || by === DOUBLED ? null : by;
  if (Array.isArray(value)) {
    if (value.length === 0) return [by === OMITTED || by === DOUBLED ? null : by];
    const at = first % value.length;
    return value.map((entry, i) => (i === at ? changed(entry, rest, by) : entry));
  }
  const pairs = Object.entries(value);
  if (pairs.length === 0) return { unknown: 1 };
  const at = first % pairs.length;
  if (rest.length > 0 || (by !== OMITTED && by !== DOUBLED)) return Object.fromEntries(pairs.map(([name, entry], i) => [name, i === at ? changed(entry, rest, by) : entry]));
  return by === OMITTED ? Object.fromEntries(pairs.filter((_, i) => i !== at)) : new Pairs([...pairs, [pairs[at]![0], null]]);
}

export const OMITTED = Symbol('left out');
export const DOUBLED = Symbol('there twice');
