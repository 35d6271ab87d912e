import type { DescribedModel, TensorSignature } from '@serendip/platform-bundles';
import { GRAPH_FILE, SAVED_MODEL_FILE, type RuntimeName } from '@serendip/platform-runtimes';
import { FeatureComputer } from '@serendip/ranking-domain';
import { ItemInputs } from '@serendip/shared-catalogue';
import { CheckFailed, type Passed } from './check.js';
import { GOLDEN } from './golden.js';

export const MODEL_FILE = 'model.onnx';
export const MEANS = 'feature_means.npy';

/** What model.yaml must say and which files there must be, by kind and format. Throws CheckFailed with every fault. */
export function checkManifest(model: DescribedModel, files: readonly string[]): Passed {
  const faults = FAULTS[model.format](model, files);
  if (faults.length > 0) throw new CheckFailed(`${faults.join('. ')}.`);
  return { detail: `${model.kind === 'item-encoder' ? 'An' : 'A'} ${model.kind} of format ${model.format} with ${files.length} files.`, figures: { files: files.length } };
}

function tableFaults({ kind, encoder }: DescribedModel): string[] {
  return kind === 'retriever' && encoder === 'lag-filter' ? [] : ['a table is served as a retriever with `encoder: lag-filter` only: export others to ONNX'];
}

function onnxFaults(model: DescribedModel, files: readonly string[]): string[] {
  return [...missingFaults([MODEL_FILE], files), ...graphFaults(model, files), ...(model.kind === 'retriever' ? retrieverFaults(model, files) : [])];
}

function tensorFlowFaults(model: DescribedModel, files: readonly string[]): string[] {
  return [
    ...(model.kind === 'ranker' ? [] : ['a TensorFlow model is served as a ranker only: export other kinds to ONNX with tf2onnx']),
    ...(files.includes(GRAPH_FILE) || files.includes(SAVED_MODEL_FILE) ? [] : [`there is neither ${GRAPH_FILE} (a graph model of TensorFlow.js, with its weights) nor ${SAVED_MODEL_FILE} (a SavedModel, with the files of its folder variables)`]),
    ...graphFaults(model, files),
  ];
}

const FAULTS: Readonly<Record<DescribedModel['format'], (model: DescribedModel, files: readonly string[]) => string[]>> = { onnx: onnxFaults, tensorflow: tensorFlowFaults, table: tableFaults };

/** What a model runs on, all of it: whatever a service may run of the files is checked. */
export function runtimesFor({ format }: Pick<DescribedModel, 'format'>, files: readonly string[]): readonly RuntimeName[] {
  if (format === 'table') return [];
  if (format === 'onnx') return ['onnx-cpu'];
  return [...(files.includes(GRAPH_FILE) ? ['tfjs-wasm'] as const : []), ...(files.includes(SAVED_MODEL_FILE) ? ['tfjs-node'] as const : [])];
}

const missingFaults = (names: readonly string[], files: readonly string[]): string[] => names.filter((name) => !files.includes(name)).map((name) => `the file ${name} is missing${HOW[name] ?? ''}`);

/** Of every graph, whatever its format. */
function graphFaults(model: DescribedModel, files: readonly string[]): string[] {
  const { kind, signature } = model;
  return [
    ...missingFaults([GOLDEN, ...(kind === 'ranker' ? [MEANS] : [])], files),
    ...(signature === undefined ? ['`signature` is missing: it names inputs and outputs with dtype and shape'] : shapeFaults([...signature.inputs, ...signature.outputs])),
    ...(kind === 'ranker' ? rankerFaults(model) : []),
    ...(kind === 'item-encoder' ? itemEncoderFaults(model) : []),
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

const is = (tensor: TensorSignature | undefined, name: string, width: number): boolean => tensor?.name === name && tensor.dtype === 'float32' && tensor.shape.length === 2 && tensor.shape[1] === width;

function rankerFaults({ signature, features = [], heads = [] }: DescribedModel): string[] {
  return [
    ...(features.length === 0 ? ['`features` is missing: names of the columns, in order'] : strangeFeatures(features)),
    ...(heads.length === 0 ? ['`heads` is missing: outputs by name with their weight'] : []),
    ...(signature !== undefined && !(signature.inputs.length === 1 && is(signature.inputs[0], 'features', features.length))
      ? [`a ranker takes one input: 'features', float32, [rows, ${features.length}], a column for each of \`features\``] : []),
    ...(signature !== undefined && !(signature.outputs.length === 1 && is(signature.outputs[0], 'scores', heads.length))
      ? [`a ranker has one output: 'scores', float32, [rows, ${heads.length}], a column for each of \`heads\``] : []),
  ];
}

function itemEncoderFaults({ signature, features = [], retriever }: DescribedModel): string[] {
  const { width, faults } = itemColumns(features);
  const [output] = signature?.outputs ?? [];
  const dimension = Number(output?.shape[1]);
  return [
    ...(retriever === undefined ? ['`retriever` is missing: {name: retriever@4, digest: …} of the version whose vectors it has learned'] : []),
    ...faults,
    ...(signature !== undefined && faults.length === 0 && !(signature.inputs.length === 1 && is(signature.inputs[0], 'features', width))
      ? [`an item encoder takes one input: 'features', float32, [rows, ${width}], the columns of \`features\``] : []),
    ...(signature !== undefined && !(signature.outputs.length === 1 && Number.isInteger(dimension) && is(output, 'vectors', dimension))
      ? ['an item encoder has one output: \'vectors\', float32, [rows, d], d being the retriever\'s dimension'] : []),
  ];
}

function itemColumns(features: readonly string[]): { readonly width: number; readonly faults: readonly string[] } {
  try {
    return { width: new ItemInputs(features).width, faults: [] };
  } catch (error) {
    return { width: 0, faults: [`features: ${(error as Error).message}`] };
  }
}

function strangeFeatures(features: readonly string[]): string[] {
  try {
    new FeatureComputer(features);
    return [];
  } catch (error) {
    return [`features: ${(error as Error).message.replace(/\.$/, '')}`];
  }
}
