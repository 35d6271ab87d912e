import { onnx } from '@serendip/shared-contracts';
import { nodeOf, tensorOf } from './dense-layers.js';
import { closeModel, openModel } from './onnx-file.js';

const { FLOAT } = onnx.TensorProto_DataType;

export interface Scaling {
  readonly output: string;
  /** For each column. */
  readonly factors: Float32Array;
  readonly offsets: Float32Array;
}

/** The same graph with one of its outputs, column by column, times a factor plus an offset. Throws INVALID_ARGUMENT/MODEL_UNREADABLE. */
export function scaleOutput(bytes: Uint8Array, { output, factors, offsets }: Scaling): Uint8Array {
  const editable = openModel(bytes);
  const { graph } = editable;
  const before = `${output}_unscaled`;
  for (const node of graph.node) {
    node.output = node.output.map((name) => (name === output ? before : name));
    node.input = node.input.map((name) => (name === output ? before : name));
  }
  graph.initializer.push(
    tensorOf({ name: `${output}_factors`, dims: [factors.length], dataType: FLOAT, data: factors }), tensorOf({ name: `${output}_offsets`, dims: [offsets.length], dataType: FLOAT, data: offsets }),
  );
  graph.node.push(nodeOf('Mul', [before, `${output}_factors`], `${output}_scaled`), nodeOf('Add', [`${output}_scaled`, `${output}_offsets`], output));
  return closeModel(editable);
}
