/** TensorFlow bundles that must be refused, each with the reason it must be refused for. */
import { node, savedModel, sumModel, type GraphModelOptions, type GraphNode, type SavedModelParts, type SavedNodeParts } from '@serendip/models-adapters/testing';
import { INPUTS, golden, manifest, means, type Files } from './good-bundle.ts';
import type { Hostile } from './hostile-bundles.ts';

const WIDTH = INPUTS[0]!.length;
const SUMS = INPUTS.map((row) => [row.reduce((total, value) => total + value, 0)]);

const tensorFlow = (files: Files, scores: unknown = SUMS): Files => ({ 'model.yaml': manifest({ format: 'tensorflow' }), 'golden.jsonl': golden({ scores }), 'feature_means.npy': means(), ...files });
const graph = (options: GraphModelOptions = {}, scores?: unknown): Files => tensorFlow(sumModel({ width: WIDTH, ...options }), scores);
const behind = (...more: readonly GraphNode[]): GraphModelOptions => ({ more, constants: { axis: [0] } });
const saved = (parts: SavedModelParts): Files => tensorFlow({ 'saved_model.pb': savedModel(parts) });

const features: SavedNodeParts = { name: 'features', op: 'Placeholder' };
/** The scores of a SavedModel come out of this operator. */
const served = (op: string, calls: readonly string[] = []): readonly SavedNodeParts[] => [features, { name: 'scores', op, input: ['features'], calls }];
const saving = { takes: ['prefix'], nodes: [{ name: 'save', op: 'SaveV2', input: ['prefix'] }] };

/** Refused by what they say, whatever this machine can run. */
export const HOSTILE_TENSORFLOW: readonly Hostile[] = [
  { name: 'TensorFlow without a model', files: tensorFlow({}), because: /neither model\.json/ },
  { name: 'Python in a graph', files: graph(behind(node('scores', 'PyFunc', ['sum']))), because: /PyFunc: Python is code/ },
  { name: 'a graph that reads files', files: graph(behind(node('scores', 'ReadFile', ['sum']))), because: /ReadFile.*reads and writes nothing/ },
  { name: 'a graph that writes files', files: graph(behind(node('scores', 'WriteFile', ['sum']))), because: /WriteFile.*reads and writes nothing/ },
  { name: 'an endless loop of TensorFlow', files: graph(behind(node('scores', 'StatelessWhile', ['sum']))), because: /StatelessWhile: loops may never end/ },
  { name: 'an operator of its own in a graph', files: graph(behind(node('scores', 'EvilLaunch', ['sum']))), because: /EvilLaunch.*operators of one's own/ },
  { name: 'Keras layers in JSON, Lambda among them', files: graph({ edit: { format: 'layers-model', modelTopology: { model_config: { config: { layers: [{ class_name: 'Lambda' }] } } } } }), because: /Lambda layers are code/ },
  { name: 'functions in a graph model', files: graph({ edit: { modelTopology: { node: [], library: { function: [{}] } } } }), because: /functions of its own/ },
  { name: 'weights of TensorFlow in a file of the machine', files: graph({ edit: { weightsManifest: [{ paths: ['../../../../etc/passwd'], weights: [] }] } }), because: /no file of the bundle/ },
  { name: 'weights of TensorFlow cut short', files: graph({ weights: new Uint8Array(5) }), because: /12 bytes of weights; there are 5/ },
  { name: 'weights of TensorFlow that are not there', files: graph({ edit: { weightsManifest: [{ paths: [], weights: [{ name: 'w', shape: [1e6, 1e6], dtype: 'float32' }] }] } }), because: /weights, more than/ },
  { name: 'a graph model without a signature', files: graph({ edit: { signature: undefined } }), because: /no signature/ },
  { name: 'a graph model cut short', files: tensorFlow({ ...sumModel(), 'model.json': sumModel()['model.json']!.subarray(0, 100) }), because: /no JSON/ },
  { name: 'a description of Keras layers', files: { ...saved({}), 'keras_metadata.pb': 'x' }, because: /Lambda layers are code/ },
  { name: 'Python in a SavedModel', files: saved({ nodes: served('EagerPyFunc') }), because: /EagerPyFunc: Python is code/ },
  { name: 'a file that is read in a function of a SavedModel', files: saved({ nodes: served('PartitionedCall', ['f']), functions: { f: { takes: [], nodes: [{ name: 'read', op: 'ReadFile' }] } } }), because: /ReadFile/ },
  { name: 'a SavedModel that writes files when it is asked', files: saved({ nodes: served('StatefulPartitionedCall', ['save']), functions: { save: saving } }), because: /SaveV2.*reads and writes nothing/ },
  { name: 'a SavedModel that writes files when it is loaded', files: saved({ restore: 'restore', nodes: [...served('Relu'), { name: 'restore', op: 'StatefulPartitionedCall', calls: ['save'] }], functions: { save: saving } }), because: /SaveV2/ },
  { name: 'a SavedModel that reads another checkpoint', files: saved({ restore: 'restore', nodes: [...served('Relu'), { name: 'where', op: 'Const' }, { name: 'restore', op: 'RestoreV2', input: ['where'] }] }), because: /another file than its own/ },
  { name: 'a function that calls itself', files: saved({ nodes: served('PartitionedCall', ['f']), functions: { f: { takes: [], nodes: [{ name: 'again', op: 'PartitionedCall', calls: ['f'] }] } } }), because: /calls itself/ },
  { name: 'a SavedModel with files beside it', files: saved({ assets: ['../../../etc/passwd'] }), because: /other files/ },
  { name: 'a SavedModel with a Lambda layer', files: saved({ layers: '{"class_name": "Lambda"}' }), because: /Lambda layer/ },
  { name: 'a SavedModel that serves nothing', files: saved({ signatures: {} }), because: /no signature serving_default/ },
  { name: 'noise for a SavedModel', files: tensorFlow({ 'saved_model.pb': Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 0xff) }), because: /saved_model\.pb can't be read/ },
];

/** Refused by what they do: TensorFlow.js must be there to run them. */
export const HOSTILE_RUNNING: readonly Hostile[] = [
  { name: 'a graph model of another width', files: graph({ width: WIDTH + 1 }), because: /\[dimension0, 4\] in the graph/ },
  { name: 'a graph model that lies about its golden outputs', files: graph({}, [[0.9], [0.9]]), because: /Line 1 of golden/ },
  { name: 'a graph model with infinities', files: graph(behind(node('scores', 'Exp', ['sum'])), SUMS.map(([sum]) => [Math.exp(sum!)])), because: /Infinity for an input/ },
  {
    name: 'a graph model whose rows look at their neighbours', because: /rows beside it/,
    files: graph(behind(node('most', 'Max', ['sum', 'axis'], { keep_dims: { b: true } }), node('scores', 'Sub', ['sum', 'most'])), SUMS.map(([sum]) => [sum! - Math.max(...SUMS.flat())])),
  },
  {
    name: 'a gigantic tensor in a graph model', because: /MiB of memory|memory|allocat/i, isSlow: true,
    files: graph({ more: [node('wide', 'Tile', ['sum', 'times']), node('scores', 'Max', ['wide', 'column'], { keep_dims: { b: true } })], constants: { times: [1, 2 ** 30], column: [1] } }),
  },
];
