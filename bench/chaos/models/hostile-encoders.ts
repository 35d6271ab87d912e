/** Item encoders that must be refused, each with the reason it must be refused for. */
import { OnnxGraph, type Value } from '@serendip/platform-onnx';
import { ItemInputs } from '@serendip/shared-catalogue';
import { MODEL, manifest, type Files } from './good-bundle.ts';
import type { Hostile } from './hostile-bundles.ts';

const FEATURES = ['price', 'words:title#8'];
const ITEM = { title: 'Red boots', price: 2, categories: [], tags: [], attributes: {} };
const inputs = new ItemInputs(FEATURES);
const WIDTH = inputs.width;
const ROW = new Float32Array(WIDTH);
inputs.write(ITEM, ROW, 0);
const SUM = ROW.reduce((total, value) => total + value, 0);

const described = (more: object = {}): string => manifest({
  name: `${MODEL}-encoder`, kind: 'item-encoder', features: FEATURES, heads: undefined, retriever: { name: 'retriever@1', digest: 'a'.repeat(64) },
  signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', WIDTH] }], outputs: [{ name: 'vectors', dtype: 'float32', shape: ['rows', 1] }] }, ...more,
});

/** Vectors of one value, made of the sum of a row. */
function graph(body: (graph: OnnxGraph, sum: Value) => Value = (_, sum) => sum): Uint8Array {
  const made = new OnnxGraph('encoder');
  made.output('vectors', body(made, made.node('ReduceSum', [made.input('features', 'float32', ['rows', WIDTH]), made.integers([1])], { keepdims: 1 })), 'float32', ['rows', 1]);
  return made.build();
}

const golden = (more: object = {}): string => `${JSON.stringify({ items: [ITEM], inputs: { features: [[...ROW]] }, outputs: { vectors: [[SUM]] }, ...more })}\n`;
const bundle = (more: Files = {}): Files => ({ 'model.yaml': described(), 'model.onnx': graph(), 'golden.jsonl': golden(), ...more });

const other = [...ROW].map((value, column) => (column < 2 ? value : 1 - value));

export const HOSTILE_ENCODERS: readonly Hostile[] = [
  { name: 'an item encoder for no retriever', files: bundle({ 'model.yaml': described({ retriever: undefined }) }), because: /`retriever` is missing/ },
  { name: 'an item encoder of inputs that there are not', files: bundle({ 'model.yaml': described({ features: ['price', 'password#8'] }) }), because: /'password#8' is no input/ },
  { name: 'an item encoder of gigantic rows', files: bundle({ 'model.yaml': described({ features: ['title#99999'] }) }), because: /99999 columns are not 1 to/ },
  { name: 'an item encoder that answers scores', files: bundle({ 'model.yaml': described({ signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', WIDTH] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', 1] }] } }) }), because: /one output: 'vectors'/ },
  { name: 'an item encoder without golden items', files: bundle({ 'golden.jsonl': golden({ items: undefined }) }), because: /0 items for 1 rows/ },
  { name: 'an item encoder that makes rows of its own', files: bundle({ 'golden.jsonl': golden({ inputs: { features: [other] }, outputs: { vectors: [[other.reduce((total, value) => total + value)]] } }) }), because: /of 'words:title#8', is \d, and serving makes it/ },
  { name: 'an item encoder of NaN', files: bundle({ 'model.onnx': graph((made, sum) => made.node('Sqrt', [sum])), 'golden.jsonl': golden({ outputs: { vectors: [[Math.sqrt(SUM)]] } }) }), because: /outputs: 'vectors' has NaN/ },
  {
    name: 'an item encoder that looks at its neighbours', because: /rows beside it/,
    files: bundle({
      'model.onnx': graph((made, sum) => made.node('Sub', [sum, made.node('ReduceMin', [sum], { keepdims: 1 })])),
      'golden.jsonl': golden({ items: [ITEM, {}], inputs: { features: [[...ROW], new Array<number>(WIDTH).fill(0)] }, outputs: { vectors: [[SUM], [0]] } }),
    }),
  },
];
