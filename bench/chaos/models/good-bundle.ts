/** A ranker's bundle that passes every check: the file that each hostile one begins as. */
import { encodeNpy } from '@serendip/platform-bundles';
import { OnnxGraph, type Value } from '@serendip/platform-onnx';
import { stringify } from 'yaml';

export const MODEL = 'stranger';
const FEATURES = ['retrieval_score', 'popularity_7d', 'category_affinity'];
const WIDTH = FEATURES.length;

export type Files = Readonly<Record<string, string | Uint8Array>>;
type Body = (graph: OnnxGraph, features: Value) => Value;

export interface Graph {
  readonly input?: string;
  readonly width?: number;
  readonly rows?: number | string;
  readonly type?: 'float32' | 'int32';
  readonly heads?: number;
  readonly body?: Body;
}

export const sum: Body = (graph, features) => graph.node('Sigmoid', [graph.node('ReduceSum', [features, graph.integers([1])], { keepdims: 1 })]);

export function graph({ input = 'features', width = WIDTH, rows = 'rows', type = 'float32', heads = 1, body = sum }: Graph = {}): Uint8Array {
  const made = new OnnxGraph('stranger');
  const value = made.input(input, type, [rows, width]);
  made.output('scores', body(made, type === 'int32' ? made.node('Cast', [value], { to: 1 }) : value), 'float32', [rows, heads]);
  return made.build();
}

/** Layers of so many units, each of them half of the one before: its scores are 0.5, after as much work as one likes. */
export function layers(count: number, units: number): Uint8Array {
  const halves = Float32Array.from({ length: units * units }, (_, i) => (i % (units + 1) === 0 ? 0.5 : 0));
  return graph({
    body: (made, features) => {
      const weights = made.constant(halves, [units, units]);
      let value = made.node('Expand', [made.node('ReduceSum', [features, made.integers([1])], { keepdims: 1 }), made.constant(BigInt64Array.of(1n, BigInt(units)))]);
      for (let layer = 0; layer < count; layer++) value = made.node('Tanh', [made.node('MatMul', [value, weights])]);
      return made.node('Sigmoid', [made.node('ReduceSum', [value, made.integers([1])], { keepdims: 1 })]);
    },
  });
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const INPUTS = [[0.1, 0.2, 0.3], [-1, 0.5, 0]];
const SCORES = INPUTS.map((row) => [sigmoid(row.reduce((total, value) => total + value, 0))]);

export const golden = (outputs: unknown = { scores: SCORES }, inputs: unknown = { features: INPUTS }): string => `${JSON.stringify({ inputs, outputs })}\n`;

export const manifest = (more: object = {}): string => stringify({
  name: MODEL, kind: 'ranker', format: 'onnx', features: FEATURES, heads: [{ name: 'engage', weight: 1 }], owner: 'chaos',
  signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', WIDTH] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 1] }] }, ...more,
});

export const means = (values: readonly number[] = new Array<number>(WIDTH).fill(0)): Uint8Array => encodeNpy({ data: Float32Array.from(values), shape: [values.length] });

/** The good bundle, with some of its files others. */
export const bundle = (more: Files = {}): Files => ({ 'model.yaml': manifest(), 'model.onnx': graph(), 'golden.jsonl': golden(), 'feature_means.npy': means(), ...more });
