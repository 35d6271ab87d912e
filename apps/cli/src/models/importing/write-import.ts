import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { decodeNpy, encodeNpy, parseDescription, type DescribedModel } from '@serendip/platform-bundles';
import { DomainError } from '@serendip/shared-errors';
import { stringify } from 'yaml';
import { refused, type ImportedGraph, type SaidTensor } from './imported-graph.js';
import { onnxTensors, renamed, type OnnxTensors } from './onnx-tensors.js';

/** So many rows are enough to tell that a model answers as it did. */
const GOLDEN_ROWS = 16;

export interface ImportOptions {
  /** A new or empty folder. */
  readonly out: string;
  /** The model's name; by default the folder's. */
  readonly name?: string;
  /** Ranking features, a column of the input each, in order. */
  readonly features: readonly string[];
  /** Names of the columns of the output, in order; by default `engage` for one. */
  readonly heads?: readonly string[];
  /** Which of several outputs has the scores. */
  readonly output?: string;
  /** A .npy file, float32 [rows, features], of what it was trained on. */
  readonly rows?: Uint8Array;
}

export interface WrittenImport {
  readonly files: readonly string[];
  /** What is missing for the checks to pass, a sentence each. */
  readonly missing: readonly string[];
}

/** Answers lines of golden inputs by a model that is described and whose files are given. */
export type Answer = (model: DescribedModel & Required<Pick<DescribedModel, 'signature'>>, files: ImportedGraph['files'], lines: readonly string[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/**
 * Writes a ranker's bundle of a graph from elsewhere. With rows, their means and golden outputs are written too: those are the model's own, made here, and model.yaml says so. Throws
 * INVALID_ARGUMENT/IMPORT_INVALID, MODEL_UNREADABLE and BUNDLE_INVALID, FAILED_PRECONDITION/FOLDER_NOT_EMPTY.
 */
export async function writeImport(graph: ImportedGraph, options: ImportOptions, answer: Answer): Promise<WrittenImport> {
  const { out, name = basename(resolve(out)), features, rows } = options;
  const tensors = await tensorsOf(graph);
  const input = inputOf(tensors.inputs, features);
  const output = outputOf(tensors.outputs, options);
  const heads = headsOf(output, options);
  const files = await filesOf(graph, input.name, output.name);
  const model: DescribedModel & Required<Pick<DescribedModel, 'signature'>> = {
    name, kind: 'ranker', format: graph.format, metrics: {}, features: [...features], heads: heads.map((head) => ({ name: head, weight: 1 })),
    signature: { inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', features.length] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', heads.length] }] },
    tags: ['imported', ...(rows === undefined ? [] : ['golden-from-model'])],
    notes: `From ${graph.origin}.${rows === undefined ? '' : ' golden.jsonl was made by this model itself when it was imported: it tells that the model answers as it did then, not that it answers as where it was trained.'}`,
  };
  const manifest = Buffer.from(stringify(model));
  parseDescription(manifest);
  const more = rows === undefined ? {} : await learned(rows, { model, files, answer });
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0) throw new DomainError('FAILED_PRECONDITION', 'FOLDER_NOT_EMPTY', `'${out}' is not empty: name a new folder.`);
  const all = { 'model.yaml': manifest, ...files, ...more };
  for (const [file, bytes] of Object.entries(all)) await writeFile(join(out, file), bytes);
  return { files: Object.keys(all), missing: rows === undefined ? MISSING : [] };
}

const MISSING = [
  'feature_means.npy: numpy.save(\'feature_means.npy\', x.mean(axis=0).astype(\'float32\')) of what it was trained on',
  'golden.jsonl: inputs with what the model answered where it was trained, a line {"inputs": {"features": [[…]]}, "outputs": {"scores": [[…]]}}',
];

const described = (tensors: readonly SaidTensor[]): string => tensors.map(({ name, dtype, shape }) => `'${name}' ${dtype} [${shape.map((size) => size ?? 'any').join(', ')}]`).join(', ') || 'nothing';

/** By the graph itself, where it can be read; what was said of it must agree in its names. */
async function tensorsOf({ format, files, said }: ImportedGraph): Promise<OnnxTensors> {
  if (format === 'tensorflow') {
    if (said === undefined) throw refused('config.pbtxt names neither inputs nor outputs, and a SavedModel\'s are not looked for: write `input` and `output` into it, with name, data_type and dims.');
    return said;
  }
  const found = await onnxTensors(files['model.onnx']!);
  const strange = said === undefined ? [] : [...said.inputs.filter(({ name }) => !found.inputs.some((tensor) => tensor.name === name)), ...said.outputs.filter(({ name }) => !found.outputs.some((tensor) => tensor.name === name))];
  if (strange.length > 0) throw refused(`The signature names ${described(strange)}, which the graph doesn't have: it takes ${described(found.inputs)} and answers ${described(found.outputs)}. Save the model again with its signature.`);
  return found;
}

function inputOf(inputs: readonly SaidTensor[], features: readonly string[]): SaidTensor {
  const [input] = inputs;
  if (inputs.length !== 1) throw refused(`The graph takes ${described(inputs)}: a ranker takes one input with a column for each feature. Export it with its columns side by side.`);
  const [rows, width, ...rest] = input!.shape;
  if (input!.dtype !== 'float32' || input!.shape.length !== 2 || rest.length > 0 || rows !== undefined) throw refused(`The graph takes ${described(inputs)}: a ranker takes float32 [any, features], the number of rows left open. Export it so.`);
  if (width !== undefined && width !== features.length) throw refused(`The graph takes ${width} columns, and --features names ${features.length}: name a feature for each, in the order that the model was trained with.`);
  return input!;
}

function outputOf(outputs: readonly SaidTensor[], { output: wanted }: ImportOptions): SaidTensor {
  const found = wanted === undefined ? outputs : outputs.filter(({ name }) => name === wanted);
  if (found.length === 0) throw refused(`There is no output '${wanted ?? ''}': the graph answers ${described(outputs)}.`);
  if (found.length > 1) throw refused(`The graph answers ${described(outputs)}: say which has the scores, with --output ${outputs.at(-1)!.name}.`);
  const [output] = found;
  if (output!.dtype !== 'float32' || output!.shape.length !== 2 || output!.shape[0] !== undefined) throw refused(`The output is ${described(found)}: a ranker answers float32 [any, heads], a row for each row of its input. Export it so.`);
  return output!;
}

function headsOf({ shape: [, columns] }: SaidTensor, { heads }: ImportOptions): readonly string[] {
  const named = heads ?? (columns === undefined || columns === 1 ? ['engage'] : undefined);
  if (named === undefined || (columns !== undefined && named.length !== columns)) throw refused(`The output has ${columns} columns: name each with --heads, for example --heads ${Array.from({ length: columns ?? 1 }, (_, i) => `head${i + 1}`).join(',')}.`);
  return named;
}

async function filesOf({ format, files }: ImportedGraph, input: string, output: string): Promise<ImportedGraph['files']> {
  if (format === 'onnx') return { ...files, 'model.onnx': await renamed(files['model.onnx']!, { input, output }) };
  if (input !== 'features' || output !== 'scores') {
    throw refused(`The SavedModel's signature calls its input '${input}' and its output '${output}': write it again from a tf.function(lambda features: {'scores': …}) as serving_default.`);
  }
  return files;
}

interface Learned {
  readonly model: Parameters<Answer>[0];
  readonly files: ImportedGraph['files'];
  readonly answer: Answer;
}

/** Means of the rows, and what the model answers for some of them. */
async function learned(npy: Uint8Array, { model, files, answer }: Learned): Promise<Readonly<Record<string, Uint8Array>>> {
  const { data, shape: [count = 0, width] } = decodeNpy(npy);
  const columns = model.features!.length;
  if (width !== columns || count === 0) throw refused(`--rows has the shape [${count}, ${width ?? ''}], not [rows, ${columns}]: numpy.save of what the model was trained on, a column for each feature.`);
  const means = new Float32Array(columns).map((_, column) => Array.from({ length: count }, (__, row) => Number(data[row * columns + column])).reduce((sum, value) => sum + value / count, 0));
  const chosen = Array.from({ length: Math.min(GOLDEN_ROWS, count) }, (_, i) => Math.floor((i * count) / Math.min(GOLDEN_ROWS, count)));
  const features = chosen.map((row) => Array.from({ length: columns }, (_, column) => Number(data[row * columns + column])));
  const line = JSON.stringify({ inputs: { features } });
  const [outputs] = await answer(model, files, [line]);
  return { 'feature_means.npy': encodeNpy({ data: means, shape: [columns] }), 'golden.jsonl': Buffer.from(`${JSON.stringify({ inputs: { features }, outputs })}\n`) };
}
