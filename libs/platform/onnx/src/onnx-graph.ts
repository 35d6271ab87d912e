import { ProtoWriter } from './proto-writer.js';

export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** A dimension is a fixed size or the name of one that each run chooses. */
export type Dimension = number | string;

/** The name of a value that flows between nodes. */
export type Value = string;

/** An integer, a text, a list of integers, or `{ float }`, since ONNX tells integers and floats apart. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface OnnxGraphOptions {
  /** Operator set of the standard domain; default 17. */
  readonly opset?: number;
}

const elementCode: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/**
 * Builds an ONNX model: declare inputs and constants, add nodes in order, name the outputs, then `build()` the bytes.
 * Operators are the standard ones, or those of another domain written `domain::Operator`.
 */
export class OnnxGraph {
  private readonly graph = new ProtoWriter();
  private readonly opset: number;
  private readonly domains = new Set<string>();
  private counter = 0;

  constructor(readonly name: string, options: OnnxGraphOptions = {}) {
    this.opset = options.opset ?? 17;
    this.graph.text(2, name);
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.graph.message(11, valueInfo(name, type, shape));
    return name;
  }

  /** Adds `value` to the model's outputs under `name`. */
  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.write('Identity', [value], {}, [name]);
    this.graph.message(12, valueInfo(name, type, shape));
  }

  /** A weight in the model: float32 or int32 by the array's type; BigInt64Array is int64. No `shape` means one dimension; [] a scalar. */
  constant(data: Float32Array | Int32Array | BigInt64Array, shape: readonly number[] = [data.length]): Value {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (size !== data.length) throw new RangeError(`A constant of shape [${shape.join(', ')}] has ${size} values, not ${data.length}.`);
    const type: ElementType = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
    const name = this.fresh('constant');
    const tensor = new ProtoWriter();
    for (const dimension of shape) tensor.integer(1, dimension);
    tensor.integer(2, elementCode[type]).text(8, name).raw(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.graph.message(5, tensor);
    return name;
  }

  scalar(value: number): Value {
    return this.constant(Float32Array.of(value), []);
  }

  integers(values: readonly number[]): Value {
    return this.constant(BigInt64Array.from(values, BigInt));
  }

  /** Adds a node with one output and returns that output. An empty name leaves an optional input out. */
  node(operator: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.nodeWithOutputs(operator, 1, inputs, attributes)[0]!;
  }

  /** The same for an operator that has several outputs. */
  nodeWithOutputs(operator: string, count: number, inputs: readonly Value[], attributes: Attributes = {}): readonly Value[] {
    const outputs = Array.from({ length: count }, () => this.fresh(operator));
    this.write(operator, inputs, attributes, outputs);
    return outputs;
  }

  build(): Uint8Array {
    const model = new ProtoWriter().integer(1, 8).text(2, 'serendip').message(7, this.graph);
    model.message(8, new ProtoWriter().text(1, '').integer(2, this.opset));
    for (const domain of this.domains) model.message(8, new ProtoWriter().text(1, domain).integer(2, 1));
    return model.finish().slice();
  }

  private write(operator: string, inputs: readonly Value[], attributes: Attributes, outputs: readonly Value[]): void {
    const [type, domain] = operator.split('::').reverse();
    const node = new ProtoWriter();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(3, this.fresh('node')).text(4, type!);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    if (domain !== undefined) {
      this.domains.add(domain);
      node.text(7, domain);
    }
    this.graph.message(1, node);
  }

  private fresh(prefix: string): string {
    return `${prefix}_${this.counter++}`;
  }
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtoWriter {
  const dimensions = new ProtoWriter();
  for (const dimension of shape) {
    const one = new ProtoWriter();
    dimensions.message(1, typeof dimension === 'number' ? one.integer(1, dimension) : one.text(2, dimension));
  }
  const tensor = new ProtoWriter().integer(1, elementCode[type]).message(2, dimensions);
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
}

function attribute(name: string, value: Attribute): ProtoWriter {
  const writer = new ProtoWriter().text(1, name);
  if (typeof value === 'string') return writer.text(4, value).integer(20, 3);
  if (typeof value === 'number') return writer.integer(3, value).integer(20, 2);
  if ('float' in value) return writer.float(2, value.float).integer(20, 1);
  for (const item of value) writer.integer(8, item);
  return writer.integer(20, 7);
}
