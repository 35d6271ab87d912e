/** Files of a bundle by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: object;
}

const FLOAT = { type: 'DT_FLOAT' };

/** A node of a graph model; what it reads behind its name and operator. */
export function node(name: string, op: string, input: readonly string[] = [], attr: object = { T: FLOAT }): GraphNode {
  return { name, op, input, attr };
}

export interface GraphModelOptions {
  /** Columns of `features`. */
  readonly width?: number;
  /** Nodes behind `sum`, one of them `scores`; by default `scores` is the sum itself. */
  readonly more?: readonly GraphNode[];
  /** Whole numbers that nodes may name. */
  readonly constants?: Readonly<Record<string, readonly number[]>>;
  /** Fields of model.json in place of what would be there. */
  readonly edit?: Readonly<Record<string, unknown>>;
  /** Bytes of the weights in place of what would be there. */
  readonly weights?: Uint8Array;
}

/** A graph model as tensorflowjs_converter writes it: `scores`, float32 [rows, 1], made of the sum of each row of `features`, float32 [rows, width]. */
export function sumModel({ width = 2, more = [], constants = {}, edit = {}, weights }: GraphModelOptions = {}): Files {
  const sum = more.length === 0 ? 'scores' : 'sum';
  const tensor = (name: string, columns: number) => ({ name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: String(columns) }] } });
  const constant = (name: string, dtype: string) => node(name, 'Const', [], { dtype: { type: dtype } });
  const model = {
    format: 'graph-model',
    modelTopology: {
      node: [
        node('features', 'Placeholder', [], { dtype: FLOAT, shape: { shape: { dim: [{ size: '-1' }, { size: String(width) }] } } }), constant('ones', 'DT_FLOAT'),
        ...Object.keys(constants).map((name) => constant(name, 'DT_INT32')),
        node(sum, 'MatMul', ['features', 'ones'], { T: FLOAT, transpose_a: { b: false }, transpose_b: { b: false } }), ...more,
      ],
      library: {}, versions: {},
    },
    signature: { inputs: { features: tensor('features', width) }, outputs: { scores: tensor('scores', 1) } },
    weightsManifest: [{
      paths: ['group1-shard1of1.bin'],
      weights: [{ name: 'ones', shape: [width, 1], dtype: 'float32' }, ...Object.entries(constants).map(([name, values]) => ({ name, shape: [values.length], dtype: 'int32' }))],
    }],
    ...edit,
  };
  const values = [new Float32Array(width).fill(1), ...Object.values(constants).map((each) => Int32Array.from(each))];
  return { 'model.json': Buffer.from(JSON.stringify(model)), 'group1-shard1of1.bin': weights ?? Buffer.concat(values.map((each) => new Uint8Array(each.buffer))) };
}
