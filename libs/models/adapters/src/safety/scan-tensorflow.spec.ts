import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { node, savedModel, sumModel, type GraphModelOptions, type SavedModelParts, type SavedNodeParts } from '../testing/index.js';
import { scanGraphModel } from './scan-graph-model.js';
import { scanSavedModel } from './scan-saved-model.js';

function graphFaults(options: GraphModelOptions = {}): string {
  const files = sumModel(options);
  return scanGraphModel('model.json', files['model.json']!, { 'group1-shard1of1.bin': files['group1-shard1of1.bin']!.length }).faults.join(' ');
}

describe('the scan of a graph model', () => {
  it('finds nothing in arithmetic over weights that are there', () => {
    expect(graphFaults()).toBe('');
    expect(graphFaults({ more: [node('scores', 'Sigmoid', ['sum'])] })).toBe('');
  });

  it.each<[string, GraphModelOptions, RegExp]>([
    ['Python', { more: [node('scores', 'PyFunc', ['sum'])] }, /PyFunc: Python is code/],
    ['files that are read', { more: [node('scores', 'ReadFile', ['sum'])] }, /ReadFile: a model reads and writes nothing/],
    ['loops', { more: [node('scores', 'StatelessWhile', ['sum'])] }, /StatelessWhile: loops may never end/],
    ['operators of one\'s own', { more: [node('scores', 'MyLaunch', ['sum'])] }, /MyLaunch: .*no operators of one's own/],
    ['randomness', { more: [node('scores', 'RandomUniform', ['sum'])] }, /RandomUniform: .*same for the same input/],
    ['layers of Keras', { edit: { format: 'layers-model' } }, /layers model, whose Lambda layers are code/],
    ['functions', { edit: { modelTopology: { node: [], library: { function: [{}] } } } }, /1 functions of its own/],
    ['weights elsewhere', { edit: { weightsManifest: [{ paths: ['../../../etc/passwd'], weights: [] }] } }, /names the weights '\.\.\/\.\.\/\.\.\/etc\/passwd', which are no file of the bundle/],
    ['weights that every object has', { edit: { weightsManifest: [{ paths: ['constructor'], weights: [] }] } }, /'constructor', which are no file/],
    ['weights cut short', { weights: new Uint8Array(3) }, /8 bytes of weights; there are 3/],
    ['weights without end', { edit: { weightsManifest: [{ paths: [], weights: [{ name: 'w', shape: [1e6, 1e6], dtype: 'float32' }] }] } }, /weights, more than/],
    ['no signature', { edit: { signature: undefined } }, /no signature/],
    ['a signature of nothing', { edit: { signature: { inputs: { features: { name: 'x:0' } }, outputs: {} } } }, /no node for 'features'/],
    ['another kind of file', { edit: { modelTopology: undefined } }, /no graph model: modelTopology/],
  ])('finds %s', (_, options, fault) => expect(graphFaults(options)).toMatch(fault));

  it('reads any bytes, and says what is wrong with them', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json().map((text) => new Uint8Array(Buffer.from(text)))), (bytes) => {
      expect(scanGraphModel('model.json', bytes, {}).faults).toEqual([expect.stringMatching(/^model\.json/)]);
    }));
  });
});

const features: SavedNodeParts = { name: 'features', op: 'Placeholder' };
const filename: SavedNodeParts = { name: 'saver_filename', op: 'Placeholder' };
const serving = (...nodes: readonly SavedNodeParts[]): readonly SavedNodeParts[] => [features, filename, { name: 'scores', op: 'Relu', input: ['features'] }, ...nodes];
const saved = (parts: SavedModelParts): string => scanSavedModel('saved_model.pb', savedModel(parts)).faults.join(' ');
const restoring = (input: string, given = 'saver_filename'): SavedModelParts => ({
  restore: 'restore', nodes: serving({ name: 'elsewhere', op: 'Const' }, { name: 'restore', op: 'StatefulPartitionedCall', input: [given], calls: ['fill'] }),
  functions: { fill: { takes: ['prefix'], nodes: [{ name: 'other', op: 'Const' }, { name: 'read', op: 'RestoreV2', input: [input] }, { name: 'assign', op: 'AssignVariableOp', input: ['read'] }] } },
});
const saving = { takes: ['prefix'], nodes: [{ name: 'save', op: 'SaveV2', input: ['prefix'] }] };

describe('the scan of a SavedModel', () => {
  it('finds nothing in arithmetic, variables from its own checkpoint, and a function that saves and that nobody calls', () => {
    expect(saved({})).toBe('');
    expect(saved({ ...restoring('prefix'), functions: { ...restoring('prefix').functions, save: saving } })).toBe('');
  });

  it.each<[string, SavedModelParts, RegExp]>([
    ['Python', { nodes: [features, { name: 'scores', op: 'EagerPyFunc', input: ['features'] }] }, /EagerPyFunc: Python is code/],
    ['what only control reaches', { nodes: [features, { name: 'evil', op: 'WriteFile' }, { name: 'scores', op: 'Relu', input: ['features', '^evil'] }] }, /WriteFile: a model reads and writes nothing/],
    ['what a function of a function does', {
      nodes: [features, { name: 'scores', op: 'PartitionedCall', input: ['features'], calls: ['outer'] }],
      functions: { outer: { takes: [], nodes: [{ name: 'call', op: 'PartitionedCall', calls: ['inner'] }] }, inner: { takes: [], nodes: [{ name: 'read', op: 'ReadFile' }] } },
    }, /ReadFile/],
    ['a checkpoint that is written when it is asked', { nodes: [features, { name: 'scores', op: 'StatefulPartitionedCall', input: ['features'], calls: ['save'] }], functions: { save: saving } }, /SaveV2: a model reads and writes nothing/],
    ['a checkpoint that is written when it is loaded', { restore: 'restore', nodes: serving({ name: 'restore', op: 'StatefulPartitionedCall', input: ['saver_filename'], calls: ['save'] }), functions: { save: saving } }, /SaveV2/],
    ['what runs when it is loaded', { signatures: { serving_default: ['scores:0'], __saved_model_init_op: ['init'] }, nodes: serving({ name: 'init', op: 'InitializeTableFromTextFileV2' }) }, /InitializeTableFromTextFileV2/],
    ['what nobody runs', { nodes: serving({ name: 'idle', op: 'Launch' }) }, /Launch: .*no operators of one's own/],
    ['loops', { nodes: [features, { name: 'scores', op: 'While', input: ['features'] }] }, /While: loops may never end/],
    ['a function that calls itself', { nodes: [features, { name: 'scores', op: 'PartitionedCall', calls: ['f'] }], functions: { f: { takes: [], nodes: [{ name: 'again', op: 'PartitionedCall', calls: ['f'] }] } } }, /calls itself/],
    ['a function there is not', { nodes: [features, { name: 'scores', op: 'PartitionedCall', calls: ['f'] }] }, /function 'f' is missing/],
    ['variables of another file, named within', restoring('other:output:0'), /another file than its own/],
    ['variables of another file, handed over', restoring('prefix', 'elsewhere'), /another file than its own/],
    ['files beside it', { assets: ['vocabulary.txt'] }, /1 other files/],
    ['layers that are code', { layers: '{"class_name": "Lambda", "config": {}}' }, /Lambda layer/],
    ['no serving signature', { signatures: { other: ['scores:0'] } }, /no signature serving_default/],
    ['another tag', { tags: ['train'] }, /tag serve/],
    ['values that are not there', { nodes: serving({ name: 'w', op: 'Const', holds: [1e6, 1e6] }) }, /weights, more than/],
    ['a negative size', { nodes: serving({ name: 'w', op: 'Const', holds: [-5] }) }, /weights, more than/],
  ])('finds %s', (_, parts, fault) => expect(saved(parts)).toMatch(fault));

  it('reads any bytes, and says what is wrong with them', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, at) => {
      expect(scanSavedModel('saved_model.pb', bytes).faults.every((fault) => fault.startsWith('saved_model.pb'))).toBe(true);
      const flipped = savedModel();
      flipped[at % flipped.length]! ^= 1;
      expect(scanSavedModel('saved_model.pb', flipped).faults.every((fault) => fault.startsWith('saved_model.pb'))).toBe(true);
    }));
  });
});
