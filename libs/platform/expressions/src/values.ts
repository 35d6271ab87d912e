import type { ListView } from './bindings.js';
import { spend } from './steps.js';

/** A value as expressions have it: text, number (times and durations in ms), boolean or list; undefined is missing or in error. */
export type Value = string | number | boolean | ListView | undefined;

export function isList(value: unknown): value is ListView {
  return typeof value === 'object' && value !== null && typeof (value as Partial<ListView>).includes === 'function';
}

/** What came from outside, as a value; anything that is none is missing. */
export function valueOf(value: unknown): Value {
  switch (typeof value) {
    case 'string': case 'boolean': return value;
    case 'number': return Number.isNaN(value) ? undefined : value;
    default: return isList(value) ? value : undefined;
  }
}

/** Values of different types are different; undefined when either is missing. */
export function equal(a: Value, b: Value): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (a.length !== b.length) return false;
  if (!spend(a.length)) return undefined;
  for (let i = 0; i < a.length; i++) if (a.at(i) !== b.at(i)) return false;
  return true;
}

export function isIn(value: Value, list: Value): boolean | undefined {
  if (value === undefined || typeof list !== 'object') return undefined;
  return spend(list.length) ? list.includes(value) : undefined;
}
