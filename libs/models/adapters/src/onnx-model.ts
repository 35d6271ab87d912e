import { fromBinary, onnx } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { eachField } from './safety/protobuf-fields.js';

export interface ParsedOnnx {
  readonly model: onnx.ModelProto;
  readonly graph: onnx.GraphProto;
}

/** Reads a serialised ModelProto; weights are not copied. Throws INVALID_ARGUMENT/MODEL_UNREADABLE for bytes that are none, and for several graphs, which protobuf would merge. */
export function parseOnnx(bytes: Uint8Array): ParsedOnnx {
  try {
    const graphs = graphsIn(bytes);
    const model = fromBinary(onnx.ModelProtoSchema, bytes);
    if (model.graph === undefined || graphs !== 1) throw new RangeError(`it has ${graphs} graphs`);
    return { model, graph: model.graph };
  } catch (cause) {
    throw new DomainError('INVALID_ARGUMENT', 'MODEL_UNREADABLE', `The graph is no ONNX model: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
}

function graphsIn(bytes: Uint8Array): number {
  let count = 0;
  eachField(bytes, { [onnx.ModelProtoSchema.field.graph.number]: (reader) => void (count++, reader.bytes()) });
  return count;
}
