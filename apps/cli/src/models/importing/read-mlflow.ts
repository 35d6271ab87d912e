import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { refused, type ImportedGraph, type SaidTensor } from './imported-graph.js';

const MANIFEST = 'MLmodel';
const manifest = z.object({
  flavors: z.record(z.string(), z.unknown()), signature: z.object({ inputs: z.string().nullish(), outputs: z.string().nullish() }).nullish(),
  model_uuid: z.string().nullish(), run_id: z.string().nullish(),
});
const flavor = z.object({ data: z.string() });
const tensors = z.array(z.object({ name: z.string().optional(), type: z.string(), 'tensor-spec': z.object({ dtype: z.string(), shape: z.array(z.number()) }).optional() }));

/** Reads a model folder of MLflow with the ONNX flavor: MLmodel and the file it names. Throws INVALID_ARGUMENT/IMPORT_INVALID with what to do. */
export async function readMlflow(folder: string): Promise<ImportedGraph> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => { throw refused(`There is no ${MANIFEST} in '${folder}': name the folder that mlflow.onnx.save_model wrote, or the model's folder among a run's artifacts.`, cause); });
  const read = manifest.safeParse(yamlOf(text));
  if (!read.success) throw refused(`${MANIFEST} can't be understood: ${read.error.issues[0]!.path.join('.') || 'it'}: ${read.error.issues[0]!.message}.`);
  const { flavors, signature, model_uuid: uuid, run_id: run } = read.data;
  const onnx = flavor.safeParse(flavors['onnx']);
  if (!onnx.success) {
    throw refused(`This MLflow model has the flavors ${Object.keys(flavors).join(', ') || 'none'}, not onnx: those are code in Python. Convert it (skl2onnx, onnxmltools, torch.onnx.export or tf2onnx) and save it with mlflow.onnx.save_model.`);
  }
  const { data } = onnx.data;
  if (/[\\/]/.test(data)) throw refused(`${MANIFEST} names the file '${data}' in another folder: the graph lies beside ${MANIFEST}, weights inside.`);
  const bytes = await readFile(join(folder, data)).catch((cause: unknown) => { throw refused(`${MANIFEST} names the file '${data}', which is not in '${folder}': copy the whole folder.`, cause); });
  return {
    format: 'onnx', files: { 'model.onnx': bytes }, origin: `an MLflow model${run ? ` of the run ${run}` : ''}${uuid ? ` (${uuid})` : ''}`,
    said: signature?.inputs && signature.outputs ? { inputs: saidBy(signature.inputs), outputs: saidBy(signature.outputs) } : undefined,
  };
}

function yamlOf(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw refused(`${MANIFEST} is no YAML: ${(cause as Error).message}.`, cause);
  }
}

/** A signature's tensors; columns and objects have none, and then the graph alone says what it takes. */
function saidBy(text: string): readonly SaidTensor[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw refused(`The signature in ${MANIFEST} is no JSON: ${(cause as Error).message}.`, cause);
  }
  return (tensors.safeParse(content).data ?? []).flatMap(({ name, 'tensor-spec': spec }) => (
    name === undefined || spec === undefined ? [] : [{ name, dtype: spec.dtype, shape: spec.shape.map((size) => (size < 0 ? undefined : size)) }]));
}
