import { readSavedModel, type SavedGraph, type SavedNode } from './saved-model-reader.js';
import { LIMITS, sizeFaults, type Scan } from './scan.js';
import { adviceOnTensorFlow, IDLE_OPERATORS, RESTORE_OPERATORS, SAVED_MODEL_OPERATORS } from './tensorflow-operators.js';

const SIGNATURE = 'serving_default';
/** Collections and signatures whose nodes TensorFlow runs when it loads a model. */
const RUN_AT_LOAD = ['saved_model_main_op', 'legacy_init_op', '__saved_model_init_op'];
const LAMBDA = /"class_name": ?"Lambda"/;
const EXPORT = 'write it with model.export(folder) or tf.saved_model.save';

/**
 * Whether a SavedModel is arithmetic over its inputs and its own variables. It is read, not loaded. What the serving signature and what loading it runs
 * may be known operators only; each SavedModel also has a function that writes a checkpoint, which must be out of their reach.
 */
export function scanSavedModel(name: string, bytes: Uint8Array): Scan {
  if (bytes.length > LIMITS.bytes) return { faults: [`${name} has more than ${LIMITS.bytes} bytes: use fewer or smaller weights.`], figures: { bytes: bytes.length } };
  try {
    const graphs = readSavedModel(bytes);
    const [graph] = graphs;
    if (graphs.length !== 1 || !graph!.tags.includes('serve')) return { faults: [`${name} has ${graphs.length} graphs with the tags ${graphs.flatMap(({ tags }) => tags).join(', ') || 'none'}, not one with the tag serve: ${EXPORT}.`], figures: { bytes: bytes.length } };
    const all = [...graph!.nodes, ...[...graph!.functions.values()].flatMap(({ nodes }) => nodes)];
    const lambda = LAMBDA.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
    return {
      faults: [
        ...(lambda ? [`${name} comes of Keras with a Lambda layer, which is code: use TensorFlow's operations in a layer of their own, and ${EXPORT}.`] : []),
        ...(graph!.assets === 0 ? [] : [`${name} names ${graph!.assets} other files (assets, such as vocabularies): turn text into numbers before the model is asked.`]),
        ...sizeFaults(name, { nodes: all.length, elements: graph!.elements }),
        ...runFaults(graph!).map((fault) => `${name} ${fault}.`),
      ],
      figures: { bytes: bytes.length, nodes: all.length, operators: new Set(all.map(({ operator }) => operator)).size, functions: graph!.functions.size },
    };
  } catch (error) {
    return { faults: [`${name} can't be read: ${error instanceof Error ? error.message : String(error)}.`], figures: { bytes: bytes.length } };
  }
}

function runFaults(graph: SavedGraph): readonly string[] {
  const served = graph.signatures.get(SIGNATURE);
  if (served === undefined || served.length === 0) return [`has no signature ${SIGNATURE} with outputs: ${EXPORT}, with signatures={'${SIGNATURE}': …}`];
  const atLoad = RUN_AT_LOAD.flatMap((key) => [...graph.collections.get(key) ?? [], ...graph.signatures.get(key) ?? []]);
  const reached = [
    ...faultsOf(reach(graph, [...served, ...atLoad]), SAVED_MODEL_OPERATORS),
    ...(graph.saver.restore === '' ? [] : restoreFaults(graph)),
  ];
  if (reached.length > 0) return [...new Set(reached)];
  const idle = [...graph.nodes, ...[...graph.functions.values()].flatMap(({ nodes }) => nodes)];
  return [...new Set(faultsOf(idle, IDLE_OPERATORS))];
}

const faultsOf = (nodes: Iterable<SavedNode>, allowed: ReadonlySet<string>): readonly string[] => (
  [...nodes].filter(({ operator }) => !allowed.has(operator)).map(({ operator }) => `uses the operator ${operator}: ${adviceOnTensorFlow(operator)}`));

/** A checkpoint is read from where the model lies only: its name comes from whoever loads the model. */
function restoreFaults(graph: SavedGraph): readonly string[] {
  const filename = nodeOf(graph.saver.filename);
  const nodes = reach(graph, [graph.saver.restore]);
  const ofGraph = new Set(graph.nodes);
  const elsewhere = [...nodes].some((node) => {
    if (node.operator === 'RestoreV2') return ofGraph.has(node) && nodeOf(node.inputs[0] ?? '') !== filename;
    return node.functions.some((called) => {
      const { arguments: given, nodes: body } = graph.functions.get(called)!;
      if (!ofGraph.has(node)) return true;
      return body.filter(({ operator }) => operator === 'RestoreV2').some(({ inputs }) => {
        const place = given.indexOf(inputs[0] ?? '');
        return place < 0 || nodeOf(node.inputs[place] ?? '') !== filename;
      });
    });
  });
  return [...faultsOf(nodes, RESTORE_OPERATORS), ...(elsewhere ? ['fills its variables from another file than its own: write it with tf.saved_model.save'] : [])];
}

const nodeOf = (tensor: string): string => tensor.replace(/^\^/, '').split(':', 1)[0]!;

/** Every node that runs when these tensors are asked for, those of functions with them. Throws RangeError for what is not there, or calls itself. */
function reach(graph: SavedGraph, tensors: readonly string[]): ReadonlySet<SavedNode> {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const reached = new Set<SavedNode>();
  const pending = tensors.map(nodeOf);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = byName.get(name);
    if (node === undefined) throw new RangeError(`the node '${name}' is missing`);
    if (reached.has(node)) continue;
    reached.add(node);
    pending.push(...node.inputs.map(nodeOf));
  }
  for (const node of [...reached]) for (const called of node.functions) enter(graph, called, reached, []);
  return reached;
}

function enter(graph: SavedGraph, name: string, reached: Set<SavedNode>, within: readonly string[]): void {
  const body = graph.functions.get(name);
  if (body === undefined) throw new RangeError(`the function '${name}' is missing`);
  if (within.includes(name)) throw new RangeError(`the function '${name}' calls itself`);
  for (const node of body.nodes) {
    // What has been reached was gone through, in whatever function it was called by.
    if (reached.has(node)) continue;
    reached.add(node);
    for (const called of node.functions) enter(graph, called, reached, [...within, name]);
  }
}
