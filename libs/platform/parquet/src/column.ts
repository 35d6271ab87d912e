import type { SchemaElement } from 'hyparquet';

/**
 * What a column holds. In memory: `text` and `json` string, `double`, `float` and `int` number, `long` a safe integer, `flag` boolean, `time` epoch
 * milliseconds (a UTC timestamp in the file), `bytes` Uint8Array. What is no safe integer or date is NULL.
 */
export type Scalar = 'text' | 'json' | 'double' | 'float' | 'int' | 'long' | 'flag' | 'time' | 'bytes';

/** A scalar, a list of scalars, or a list of structs with these fields. */
export type ColumnType = Scalar | { readonly list: Scalar } | { readonly structs: Readonly<Record<string, Scalar>> };

/** One column of a table: how it is called, what it holds, and what a row has there; undefined for nothing (NULL). */
export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => unknown;
}

/** Most milliseconds from the epoch that a date can be (ECMA-262). */
const MOST_DATE_MS = 8.64e15;

const TYPES: Readonly<Record<Scalar, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  double: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
  int: { type: 'INT32' },
  long: { type: 'INT64' },
  flag: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
  bytes: { type: 'BYTE_ARRAY' },
};

const leaf = (name: string, scalar: Scalar): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...TYPES[scalar] });

/** The schema elements of a column, lists in the standard three levels. */
export function elementsOf(name: string, type: ColumnType): SchemaElement[] {
  if (typeof type === 'string') return [leaf(name, type)];
  const list: SchemaElement[] = [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } }, { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ];
  if ('list' in type) return [...list, leaf('element', type.list)];
  const fields = Object.entries(type.structs);
  return [...list, { name: 'element', repetition_type: 'OPTIONAL', num_children: fields.length }, ...fields.map(([field, scalar]) => leaf(field, scalar))];
}

/** A value as the writer takes it. */
export function writable(type: ColumnType, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof type === 'string') return scalarToWrite(type, value);
  const list = value as ArrayLike<unknown>;
  if ('list' in type) return Array.from(list, (each) => scalarToWrite(type.list, each));
  const fields = Object.entries(type.structs);
  return Array.from(list as ArrayLike<Record<string, unknown>>, (each) => Object.fromEntries(fields.map(([field, scalar]) => [field, scalarToWrite(scalar, each[field])])));
}

function scalarToWrite(scalar: Scalar, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (scalar === 'long') return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  if (scalar === 'time') return Math.abs(value as number) <= MOST_DATE_MS ? new Date(value as number) : undefined;
  return value;
}

/** A value as it was before it was written. */
export function readable(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === 'object' && value.constructor === Object) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]));
  return value;
}
