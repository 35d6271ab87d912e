import type { DescribedModel, TensorSignature } from '@serendip/platform-bundles';
import { FeatureComputer } from '@serendip/ranking-domain';
import { CheckFailed, type Passed } from './check.js';
import { GOLDEN } from './golden.js';

export const MODEL_FILE = 'model.onnx';
export const MEANS = 'feature_means.npy';

/** What model.yaml must say and which files there must be, by kind and format. Throws CheckFailed with every fault. */
export function checkManifest(model: DescribedModel, files: readonly string[]): Passed {
  const faults = model.format === 'tensorflow'
    ? ['TensorFlow models are not checked in this release: convert it with tf2onnx and say `format: onnx`, or point an alias at it by force']
    : model.format === 'table' ? tableFaults(model) : onnxFaults(model, files);
  if (faults.length > 0) throw new CheckFailed(`${faults.join('. ')}.`);
  return { detail: `A ${model.kind} of format ${model.format} with ${files.length} files.`, figures: { files: files.length } };
}

function tableFaults({ kind, encoder }: DescribedModel): string[] {
  return kind === 'retriever' && encoder === 'lag-filter' ? [] : ['a table is served as a retriever with `encoder: lag-filter` only: export others to ONNX'];
}

function onnxFaults(model: DescribedModel, files: readonly string[]): string[] {
  const { kind, signature } = model;
  const missing = [MODEL_FILE, GOLDEN, ...(kind === 'ranker' ? [MEANS] : [])].filter((name) => !files.includes(name));
  return [
    ...missing.map((name) => `the file ${name} is missing${HOW[name] ?? ''}`),
    ...(signature === undefined ? ['`signature` is missing: it names inputs and outputs with dtype and shape'] : shapeFaults([...signature.inputs, ...signature.outputs])),
    ...(kind === 'ranker' ? rankerFaults(model) : []),
    ...(kind === 'retriever' ? retrieverFaults(model, files) : []),
  ];
}

function retrieverFaults({ encoder }: DescribedModel, files: readonly string[]): string[] {
  return [
    ...(encoder === 'onnx' ? [] : ['a retriever of format onnx has `encoder: onnx`']),
    ...['items.txt', 'item_out.npy'].filter((name) => !files.includes(name)).map((name) => `the file ${name} is missing: a retriever has its items' ids and their vectors`),
  ];
}

const HOW: Readonly<Record<string, string>> = {
  [GOLDEN]: ': a line is {"inputs": {"features": [[…]]}, "outputs": {"scores": [[…]]}}, as the framework that trained it answers',
  [MEANS]: ': numpy.save(\'feature_means.npy\', x.mean(axis=0).astype(\'float32\')) of what it was trained on',
};

function shapeFaults(tensors: readonly TensorSignature[]): string[] {
  return tensors.filter(({ shape }) => typeof shape[0] === 'number').map(({ name, shape }) => `the first dimension of '${name}' is ${shape[0]}: name it, for example rows, so that requests can share a run`);
}

function rankerFaults({ signature, features = [], heads = [] }: DescribedModel): string[] {
  const is = (tensor: TensorSignature | undefined, name: string, width: number): boolean => tensor?.name === name && tensor.dtype === 'float32' && tensor.shape.length === 2 && tensor.shape[1] === width;
  return [
    ...(features.length === 0 ? ['`features` is missing: names of the columns, in order'] : strangeFeatures(features)),
    ...(heads.length === 0 ? ['`heads` is missing: outputs by name with their weight'] : []),
    ...(signature !== undefined && !(signature.inputs.length === 1 && is(signature.inputs[0], 'features', features.length))
      ? [`a ranker takes one input: 'features', float32, [rows, ${features.length}], a column for each of \`features\``] : []),
    ...(signature !== undefined && !(signature.outputs.length === 1 && is(signature.outputs[0], 'scores', heads.length))
      ? [`a ranker has one output: 'scores', float32, [rows, ${heads.length}], a column for each of \`heads\``] : []),
  ];
}

function strangeFeatures(features: readonly string[]): string[] {
  try {
    new FeatureComputer(features);
    return [];
  } catch (error) {
    return [`features: ${(error as Error).message.replace(/\.$/, '')}`];
  }
}
