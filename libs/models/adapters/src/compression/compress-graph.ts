import { DomainError } from '@serendip/shared-errors';
import { closeModel, openModel, type EditableModel } from './onnx-file.js';
import { denseLayers } from './dense-layers.js';
import { pruneUnits } from './prune-units.js';
import { toFloat16, toInt8 } from './smaller-weights.js';

export type Compression = { readonly kind: 'int8' } | { readonly kind: 'fp16' } | { readonly kind: 'prune'; /** Of the hidden units, between 0 and 1. */ readonly ratio: number };

export interface CompressedGraph {
  readonly onnx: Uint8Array;
  /** What was done, for the model's lineage. */
  readonly how: string;
}

/** Makes a graph smaller without training. Throws INVALID_ARGUMENT/MODEL_UNREADABLE, FAILED_PRECONDITION/NOT_COMPRESSIBLE for one that has nothing to make smaller. */
export function compressGraph(onnx: Uint8Array, compression: Compression): CompressedGraph {
  const model = openModel(onnx);
  if (denseLayers(model.graph).length === 0) throw new DomainError('FAILED_PRECONDITION', 'NOT_COMPRESSIBLE', whyNone(model));
  const how = changed(model, compression);
  return { onnx: closeModel(model), how };
}

function changed(model: EditableModel, compression: Compression): string {
  switch (compression.kind) {
    case 'int8': return `int8 weights: ${toInt8(model)}`;
    case 'fp16': return `float16 weights: ${toFloat16(model)}`;
    case 'prune': return `pruned by ${compression.ratio}: ${pruneUnits(model, compression.ratio)}`;
  }
}

function whyNone({ graph }: EditableModel): string {
  const tree = graph.node.find(({ opType }) => opType.startsWith('TreeEnsemble'));
  return tree === undefined
    ? 'It has no product with float32 weights (Gemm or MatMul), and nothing else is made smaller here.'
    : `It is made of trees (${tree.opType}), which have no matrices: train fewer or shallower ones, or --distill it into a network.`;
}
