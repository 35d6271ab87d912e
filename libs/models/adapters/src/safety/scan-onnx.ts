import { ALLOWED_OPERATORS, adviceOn } from './onnx-operators.js';
import { readOnnx } from './onnx-reader.js';
import { LIMITS, sizeFaults, type Scan } from './scan.js';

/** Whether an ONNX file is arithmetic over tensors that are all in it. It is read, not loaded. */
export function scanOnnx(name: string, bytes: Uint8Array): Scan {
  if (bytes.length > LIMITS.bytes) return { faults: [`${name} has more than ${LIMITS.bytes} bytes: use fewer or smaller weights.`], figures: { bytes: bytes.length } };
  try {
    const { operators, tensors, functions, nodes, depth } = readOnnx(bytes);
    const external = tensors.filter(({ isExternal }) => isExternal);
    const weights = tensors.reduce((sum, { elements }) => sum + Math.abs(elements), 0);
    const shapeless = tensors.find(({ elements }) => !Number.isSafeInteger(elements) || elements < 0);
    const strange = [...operators.keys()].filter((operator) => !ALLOWED_OPERATORS.has(operator));
    return {
      faults: [
        ...(external.length === 0 ? [] : [`${name} keeps '${external[0]!.name}' in another file: save it with its weights inside (onnx.save(model, path), without external data).`]),
        ...(shapeless === undefined ? [] : [`${name} has the weight '${shapeless.name}' of an invalid shape: export it again.`]),
        ...(functions === 0 ? [] : [`${name} brings ${functions} functions of its own: inline them (onnx.inliner.inline_local_functions).`]),
        ...strange.map((operator) => `${name} uses the operator ${operator.replace(/^::/, '')}: ${adviceOn(operator)}.`),
        ...sizeFaults(name, { nodes, elements: weights }),
      ],
      figures: { bytes: bytes.length, nodes, operators: operators.size, weights, subgraphDepth: depth },
    };
  } catch (error) {
    return { faults: [`${name} can't be read: ${error instanceof Error ? error.message : String(error)}.`], figures: { bytes: bytes.length } };
  }
}
