import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { refused, type ImportedGraph, type SaidTensor } from './imported-graph.js';
import { parseTextFormat, type TextMessage } from './triton-config.js';

const CONFIG = 'config.pbtxt';
const TYPES: Readonly<Record<string, string>> = { TYPE_FP32: 'float32', TYPE_FP64: 'float64', TYPE_INT32: 'int32', TYPE_INT64: 'int64', TYPE_BOOL: 'bool' };
const FORMATS: Readonly<Record<string, ImportedGraph['format']>> = { onnxruntime_onnx: 'onnx', onnxruntime: 'onnx', tensorflow_savedmodel: 'tensorflow', tensorflow: 'tensorflow' };

/**
 * Reads a model of a Triton repository: config.pbtxt and `<version>/model.onnx` or `<version>/model.savedmodel`. Of several versions one must be named.
 * Throws INVALID_ARGUMENT/IMPORT_INVALID with what to do.
 */
export async function readTriton(folder: string, version?: string): Promise<ImportedGraph> {
  const text = await readFile(join(folder, CONFIG), 'utf8').catch((cause: unknown) => { throw refused(`There is no ${CONFIG} in '${folder}': name the folder of one model, in which its versions lie too.`, cause); });
  const config = parseTextFormat(text, CONFIG);
  const kind = word(config, 'backend') ?? word(config, 'platform') ?? '';
  const format = FORMATS[kind];
  if (format === undefined) throw refused(`${CONFIG} has the ${config['backend'] === undefined ? 'platform' : 'backend'} '${kind}'; imported are ${Object.keys(FORMATS).join(', ')}. Export the model to ONNX.`);
  const chosen = await versionOf(folder, version);
  const origin = `version ${chosen} of the model '${word(config, 'name') ?? ''}' in a Triton repository`;
  const isBatched = Number(word(config, 'max_batch_size') ?? 0) > 0;
  const said = { inputs: tensorsOf(config, 'input', isBatched), outputs: tensorsOf(config, 'output', isBatched) };
  const name = word(config, 'default_model_filename') ?? (format === 'onnx' ? 'model.onnx' : 'model.savedmodel');
  if (!/^[\w-][\w.-]*$/.test(name)) throw refused(`${CONFIG} names the file '${name}': it lies in the version's folder.`);
  const files = format === 'onnx' ? await onnxOf(join(folder, chosen, name)) : await savedModelOf(join(folder, chosen, name));
  return { format, files, origin, said: said.inputs.length > 0 && said.outputs.length > 0 ? said : undefined };
}

function word(message: TextMessage, field: string): string | undefined {
  const value = message[field]?.at(-1);
  return typeof value === 'string' ? value : undefined;
}

function tensorsOf(config: TextMessage, field: 'input' | 'output', isBatched: boolean): readonly SaidTensor[] {
  return (config[field] ?? []).map((tensor) => {
    if (typeof tensor === 'string') throw refused(`'${field}' of ${CONFIG} is no message.`);
    const dims = (tensor['dims'] ?? []).map(Number).map((size) => (size < 0 ? undefined : size));
    const type = word(tensor, 'data_type') ?? '';
    return { name: word(tensor, 'name') ?? '', dtype: TYPES[type] ?? type, shape: isBatched ? [undefined, ...dims] : dims };
  });
}

async function versionOf(folder: string, wanted: string | undefined): Promise<string> {
  const versions = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  if (versions.length === 0) throw refused(`There is no version in '${folder}': a version is a folder named by a number, such as ${folder}/1/model.onnx.`);
  if (wanted === undefined && versions.length > 1) throw refused(`There are the versions ${versions.join(', ')} in '${folder}': say which with --model-version ${versions.at(-1)}.`);
  if (wanted !== undefined && !versions.includes(wanted)) throw refused(`There is no version ${wanted} in '${folder}': there are ${versions.join(', ')}.`);
  return wanted ?? versions[0]!;
}

async function onnxOf(path: string): Promise<ImportedGraph['files']> {
  const found = await lstat(path).catch((cause: unknown) => { throw refused(`There is no '${path}': Triton keeps the graph there.`, cause); });
  if (!found.isFile()) throw refused(`'${path}' is no file: a graph with weights in other files must be saved as one (onnx.save(model, path), without external data).`);
  return { 'model.onnx': await readFile(path) };
}

async function savedModelOf(path: string): Promise<ImportedGraph['files']> {
  const missing = (cause: unknown): never => { throw refused(`There is no SavedModel in '${path}': Triton keeps saved_model.pb and the folder variables there.`, cause); };
  const files: Record<string, Uint8Array> = { 'saved_model.pb': await readFile(join(path, 'saved_model.pb')).catch(missing) };
  for (const name of await readdir(join(path, 'variables')).catch(() => [])) files[name] = await readFile(join(path, 'variables', name));
  return files;
}
