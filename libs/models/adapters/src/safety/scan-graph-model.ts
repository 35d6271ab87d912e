import { z } from 'zod';
import { LIMITS, sizeFaults, type Scan } from './scan.js';
import { adviceOnTensorFlow, GRAPH_MODEL_OPERATORS } from './tensorflow-operators.js';

const MOST_JSON_BYTES = 2 ** 26;
const CONVERT = 'convert it with tensorflowjs_converter --output_format=tfjs_graph_model';

const weight = z.object({
  name: z.string(), shape: z.array(z.number().int().min(0)), dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: z.object({ dtype: z.enum(['uint8', 'uint16', 'float16']) }).optional(),
});
const signature = z.object({ inputs: z.record(z.string(), z.object({ name: z.string() })), outputs: z.record(z.string(), z.object({ name: z.string() })) });
const graphModel = z.object({
  modelTopology: z.object({ node: z.array(z.object({ name: z.string(), op: z.string() })), library: z.object({ function: z.array(z.unknown()).default([]) }).optional() }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weight) })).default([]),
  signature: signature.optional(), userDefinedMetadata: z.object({ signature }).optional(),
});
type Weight = z.infer<typeof weight>;

const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;
const elementsOf = ({ shape }: Weight): number => shape.reduce((product, size) => product * size, 1);

/**
 * Whether a graph model of TensorFlow.js is arithmetic over its inputs and the weights beside it. It is read, not loaded.
 * @param sizes bytes of every file of the bundle, by name
 */
export function scanGraphModel(name: string, bytes: Uint8Array, sizes: Readonly<Record<string, number>>): Scan {
  const figures = { bytes: bytes.length };
  if (bytes.length > MOST_JSON_BYTES) return { faults: [`${name} has more than ${MOST_JSON_BYTES} bytes: weights belong into files of their own.`], figures };
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { faults: [`${name} can't be read: it is no JSON: ${(error as Error).message}.`], figures };
  }
  if (isLayersModel(content)) return { faults: [`${name} is a layers model, whose Lambda layers are code: ${CONVERT}.`], figures };
  const read = graphModel.safeParse(content);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    return { faults: [`${name} is no graph model: ${path.join('.') || 'it'}: ${message}. ${CONVERT[0]!.toUpperCase()}${CONVERT.slice(1)}.`], figures };
  }
  const { modelTopology: { node, library }, weightsManifest } = read.data;
  const weights = weightsManifest.flatMap((group) => group.weights);
  const elements = weights.reduce((sum, each) => sum + elementsOf(each), 0);
  const operators = new Set(node.map(({ op }) => op));
  return {
    faults: [
      ...[...operators].filter((operator) => !GRAPH_MODEL_OPERATORS.has(operator)).map((operator) => `${name} uses the operator ${operator}: ${adviceOnTensorFlow(operator)}.`),
      ...(library === undefined || library.function.length === 0 ? [] : [`${name} brings ${library.function.length} functions of its own: ${CONVERT}, which inlines them.`]),
      ...signatureFaults(read.data).map((fault) => `${name} ${fault}.`),
      ...weightFaults(weightsManifest, sizes).map((fault) => `${name} ${fault}.`),
      ...sizeFaults(name, { nodes: node.length, elements }),
    ],
    figures: { bytes: bytes.length, nodes: node.length, operators: operators.size, weights: elements },
  };
}

function isLayersModel(content: unknown): boolean {
  const { format, modelTopology } = (content ?? {}) as { readonly format?: unknown; readonly modelTopology?: object | null };
  return format === 'layers-model' || (typeof modelTopology === 'object' && modelTopology !== null && ('model_config' in modelTopology || 'keras_version' in modelTopology));
}

function signatureFaults({ signature: own, userDefinedMetadata, modelTopology: { node } }: z.infer<typeof graphModel>): readonly string[] {
  const signed = own ?? userDefinedMetadata?.signature;
  if (signed === undefined) return [`has no signature: ${CONVERT}`];
  const there = new Set(node.map(({ name }) => name));
  return [...Object.entries(signed.inputs), ...Object.entries(signed.outputs)].filter(([, { name }]) => !there.has(name.split(':', 1)[0]!)).map(([name]) => `has no node for '${name}' of its signature`);
}

function weightFaults(groups: z.infer<typeof graphModel>['weightsManifest'], sizes: Readonly<Record<string, number>>): readonly string[] {
  const missing = groups.flatMap(({ paths }) => paths).filter((path) => !Object.hasOwn(sizes, path));
  if (missing.length > 0) return missing.map((path) => `names the weights '${path.slice(0, 100)}', which are no file of the bundle`);
  return groups.flatMap(({ paths, weights }) => {
    const there = paths.reduce((sum, path) => sum + sizes[path]!, 0);
    const said = weights.reduce((sum, each) => sum + elementsOf(each) * BYTES[each.quantization?.dtype ?? each.dtype], 0);
    if (there > LIMITS.bytes) return [`has more than ${LIMITS.bytes} bytes of weights: use fewer or smaller ones`];
    return said === there ? [] : [`says that ${paths.join(', ')} has ${said} bytes of weights; there are ${there}`];
  });
}
