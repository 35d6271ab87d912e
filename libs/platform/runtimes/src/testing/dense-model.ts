import { OnnxGraph } from '@serendip/platform-onnx';
import type { ModelFiles, Tensor } from '../model-runtime.js';

export const FEATURES = 8;
const HIDDEN = 16;
/** Name of each head's output. */
export const HEADS = ['click', 'value'] as const;

/** Numbers in [-1, 1), the same in every run. */
function numbers(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Weights of features → 16 → ReLU → a logistic head `click` and a linear head `value`. Matrices are [from, to]. */
export const WEIGHTS = { hidden: numbers(FEATURES * HIDDEN, 1), bias: numbers(HIDDEN, 2), click: numbers(HIDDEN, 3), value: numbers(HIDDEN, 4) };

export function features(rows: number, seed = 5): Tensor {
  return { type: 'float32', shape: [rows, FEATURES], data: numbers(rows * FEATURES, seed) };
}

/** What each head says of these rows, computed in double precision. */
export function expected({ data, shape: [rows = 0] }: Tensor): Readonly<Record<(typeof HEADS)[number], number[]>> {
  const heads = Array.from({ length: rows }, (_, row) => {
    const hidden = Array.from(WEIGHTS.bias, (bias, to) => {
      let sum = bias;
      for (let from = 0; from < FEATURES; from++) sum += Number(data[row * FEATURES + from]) * WEIGHTS.hidden[from * HIDDEN + to]!;
      return Math.max(0, sum);
    });
    const dot = (weights: Float32Array): number => hidden.reduce((sum, value, i) => sum + value * weights[i]!, 0);
    return { click: 1 / (1 + Math.exp(-dot(WEIGHTS.click))), value: dot(WEIGHTS.value) };
  });
  return { click: heads.map(({ click }) => click), value: heads.map(({ value }) => value) };
}

export function onnxFiles(): ModelFiles {
  const graph = new OnnxGraph('dense');
  const input = graph.input('features', 'float32', ['rows', FEATURES]);
  const hidden = graph.node('Relu', [graph.node('Gemm', [input, graph.constant(WEIGHTS.hidden, [FEATURES, HIDDEN]), graph.constant(WEIGHTS.bias)])]);
  const head = (weights: Float32Array) => graph.node('MatMul', [hidden, graph.constant(weights, [HIDDEN, 1])]);
  graph.output('click', graph.node('Sigmoid', [head(WEIGHTS.click)]), 'float32', ['rows', 1]);
  graph.output('value', head(WEIGHTS.value), 'float32', ['rows', 1]);
  return { 'model.onnx': graph.build() };
}

/** As tensorflowjs_converter writes it. */
export function graphModelFiles(): ModelFiles {
  const type = { type: 'DT_FLOAT' };
  const tensor = (name: string, columns: number) => ({ name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: String(columns) }] } });
  const shapes = { hidden: [FEATURES, HIDDEN], bias: [HIDDEN], click: [HIDDEN, 1], value: [HIDDEN, 1] };
  const weights = Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[];
  const node = (name: string, op: string, input: readonly string[], attr: object = { T: type }) => ({ name, op, input, attr });
  const product = (name: string, left: string, right: string) => node(name, 'MatMul', [left, right], { T: type, transpose_a: { b: false }, transpose_b: { b: false } });
  const nodes = [
    node('features', 'Placeholder', [], { dtype: type, shape: { shape: { dim: [{ size: '-1' }, { size: String(FEATURES) }] } } }),
    ...weights.map((name) => node(`weights/${name}`, 'Const', [], { dtype: type, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: shapes[name].map((size) => ({ size: String(size) })) } } } })),
    product('sums', 'features', 'weights/hidden'), node('biased', 'AddV2', ['sums', 'weights/bias']), node('relu', 'Relu', ['biased']),
    product('logits', 'relu', 'weights/click'), node('click', 'Sigmoid', ['logits']), product('value', 'relu', 'weights/value'),
  ];
  const bytes = Buffer.concat(weights.map((name) => new Uint8Array(WEIGHTS[name].buffer)));
  const model = {
    format: 'graph-model', modelTopology: { node: nodes, library: {}, versions: {} },
    signature: { inputs: { features: tensor('features', FEATURES) }, outputs: { click: tensor('click', 1), value: tensor('value', 1) } },
    weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: weights.map((name) => ({ name: `weights/${name}`, shape: shapes[name], dtype: 'float32' })) }],
  };
  return { 'model.json': new TextEncoder().encode(JSON.stringify(model)), 'group1-shard1of1.bin': new Uint8Array(bytes) };
}
