import type { DescribedModel, TensorSignature } from '@serendip/platform-bundles';
import type { DescribedItem } from '@serendip/shared-catalogue';
import { DomainError } from '@serendip/shared-errors';
import { z } from 'zod';
import type { Tensors, TensorValue } from './isolated/messages.js';

export const GOLDEN = 'golden.jsonl';

const MOST_BYTES = 8 * 2 ** 20;
const MOST_LINES = 1000;
/** As `GET /v1/items` gives it; what is not looked at may be there. */
const item = z.object({
  title: z.string().default(''), categories: z.array(z.string()).default([]), tags: z.array(z.string()).default([]), price: z.number().default(NaN),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.array(z.number())])).default({}),
});
const line = z.strictObject({ items: z.array(item).optional(), inputs: z.record(z.string(), z.unknown()), outputs: z.record(z.string(), z.unknown()) });

export interface GoldenCase {
  /** What the rows of the inputs were made of, for an item encoder. */
  readonly items?: readonly DescribedItem[] | undefined;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

/** How far an output may be from what golden.jsonl says: |a - b| ≤ absolute + relative · |b|. */
export const TOLERANCE = { absolute: 1e-4, relative: 1e-3 } as const;

/**
 * Reads golden.jsonl: a line is `{"inputs": {name: nested lists}, "outputs": {…}}` with every tensor of the signature, and for an item encoder `"items": […]`. Throws
 * INVALID_ARGUMENT/GOLDEN_INVALID with the line.
 */
export function readGolden(bytes: Uint8Array, { inputs, outputs }: NonNullable<DescribedModel['signature']>): readonly GoldenCase[] {
  const refuse = (why: string): never => { throw new DomainError('INVALID_ARGUMENT', 'GOLDEN_INVALID', `${GOLDEN} ${why}.`); };
  if (bytes.length > MOST_BYTES) refuse(`has more than ${MOST_BYTES} bytes: some dozen lines are enough`);
  const lines = new TextDecoder().decode(bytes).split('\n').filter((text) => text.trim() !== '');
  if (lines.length === 0 || lines.length > MOST_LINES) refuse(`has ${lines.length} lines, not 1 to ${MOST_LINES}`);
  return lines.map((text, i) => {
    try {
      const golden = line.parse(JSON.parse(text));
      return { items: golden.items, inputs: tensorsOf(golden.inputs, inputs), outputs: tensorsOf(golden.outputs, outputs) };
    } catch (cause) {
      const why = cause instanceof z.ZodError ? cause.issues[0]!.message : (cause as Error).message;
      return refuse(`line ${i + 1}: ${/NaN|Infinity/.test(text) ? 'NaN and Infinity are no JSON, and a model must answer neither' : why}`);
    }
  });
}

function tensorsOf(values: Readonly<Record<string, unknown>>, signature: readonly TensorSignature[]): Tensors {
  const strange = Object.keys(values).find((name) => !signature.some((tensor) => tensor.name === name));
  if (strange !== undefined) throw new RangeError(`'${strange}' is not in the signature`);
  return Object.fromEntries(signature.map((tensor) => [tensor.name, tensorOf(values[tensor.name], tensor)]));
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

function tensorOf(value: unknown, { name, dtype, shape }: TensorSignature): TensorValue {
  if (value === undefined) throw new RangeError(`'${name}' is missing`);
  const dims: number[] = [];
  for (let part: unknown = value; Array.isArray(part); [part] = part as unknown[]) dims.push(part.length);
  const fits = dims.length === shape.length && shape.every((size, i) => typeof size === 'string' || size === dims[i]);
  if (!fits) throw new RangeError(`'${name}' has the shape [${dims.join(', ')}], not [${shape.join(', ')}]`);
  const flat = (value as unknown[]).flat(Infinity).map((element) => (typeof element === 'boolean' ? Number(element) : element));
  if (!flat.every((element) => typeof element === 'number') || flat.length !== dims.reduce((product, size) => product * size, 1)) throw new RangeError(`'${name}' is no rectangular list of numbers`);
  const numbers = flat as number[];
  return { dtype, dims, data: dtype === 'int64' ? BigInt64Array.from(numbers, (number) => BigInt(Math.trunc(number))) : arrays[dtype].from(numbers) };
}

/** Inputs of lines as golden.jsonl has them; `outputs` may be missing. Throws INVALID_ARGUMENT/GOLDEN_INVALID with the line, or for none. */
export function readInputs(lines: readonly string[], inputs: readonly TensorSignature[]): readonly Tensors[] {
  const refuse = (what: string, cause?: unknown): never => { throw new DomainError('INVALID_ARGUMENT', 'GOLDEN_INVALID', `${what}; a line is {"inputs": {${inputs.map(({ name, shape }) => `"${name}": nested lists of [${shape.join(', ')}]`).join(', ')}}}.`, { cause }); };
  if (lines.length === 0) refuse('There are no lines');
  return lines.map((text, i) => {
    try {
      return tensorsOf(line.partial({ outputs: true }).parse(JSON.parse(text)).inputs, inputs);
    } catch (cause) {
      return refuse(`Line ${i + 1}: ${cause instanceof z.ZodError ? [...cause.issues[0]!.path, cause.issues[0]!.message].join(': ') : (cause as Error).message}`, cause);
    }
  });
}

/** A tensor as nested lists. */
export function listsOf({ dims, data }: TensorValue): unknown {
  let lists: readonly unknown[] = Array.from(data, Number);
  for (const size of dims.slice(1).reverse()) lists = Array.from({ length: lists.length / size }, (_, i) => lists.slice(i * size, (i + 1) * size));
  return lists;
}

/** How far a value is from what is expected, in units of what is tolerated. */
export const apart = (actual: number, expected: number): number => Math.abs(actual - expected) / (TOLERANCE.absolute + TOLERANCE.relative * Math.abs(expected));

/** The largest difference between two tensors in units of what is tolerated, 1 being just that; infinite for another shape or NaN. */
export function distance(actual: TensorValue | undefined, expected: TensorValue): number {
  if (actual === undefined || actual.dims.join() !== expected.dims.join()) return Infinity;
  let most = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const difference = apart(Number(actual.data[i]), Number(expected.data[i]));
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference;
  }
  return most;
}

/** A batch of exactly `rows` rows along the first dimension, repeating what there is. */
export function tiled(inputs: Tensors, rows: number): Tensors {
  return Object.fromEntries(Object.entries(inputs).map(([name, { dtype, dims: [have = 1, ...rest], data }]) => {
    const width = rest.reduce((product, size) => product * size, 1);
    const batch = new (data.constructor as new (length: number) => TensorValue['data'])(rows * width);
    for (let row = 0; row < rows; row++) {
      const from = (row % have) * width;
      batch.set(data.subarray(from, from + width) as never, row * width);
    }
    return [name, { dtype, dims: [rows, ...rest], data: batch }];
  }));
}

/** Rows `from` to `to` of every tensor. */
export function rowsOf(tensors: Tensors, from: number, to: number): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, { dtype, dims: [, ...rest], data }]) => {
    const width = rest.reduce((product, size) => product * size, 1);
    return [name, { dtype, dims: [to - from, ...rest], data: data.slice(from * width, to * width) as TensorValue['data'] }];
  }));
}
