import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { eachField } from './protobuf-fields.js';

export interface SavedNode {
  readonly name: string;
  readonly operator: string;
  /** As they are written: `node`, `node:1`, `node:output:0`, `^node`. */
  readonly inputs: readonly string[];
  /** Functions that its attributes name. */
  readonly functions: readonly string[];
}

export interface SavedFunction {
  /** Names of what it is given, in order. */
  readonly arguments: readonly string[];
  readonly nodes: readonly SavedNode[];
}

/** What a scan needs to know of a SavedModel's graph. */
export interface SavedGraph {
  readonly tags: readonly string[];
  readonly nodes: readonly SavedNode[];
  readonly functions: ReadonlyMap<string, SavedFunction>;
  /** Tensors that each signature answers, by the signature's name. */
  readonly signatures: ReadonlyMap<string, readonly string[]>;
  /** Nodes of each collection. */
  readonly collections: ReadonlyMap<string, readonly string[]>;
  /** Where the name of the checkpoint is put, and what then fills the variables. Empty for a model without variables. */
  readonly saver: { readonly filename: string; readonly restore: string };
  readonly assets: number;
  /** Values that the graph holds itself, by the shapes that it says. */
  readonly elements: number;
}

/** Field numbers of saved_model.proto and what it is made of. */
const SAVED_MODEL = { graphs: 2 };
const META_GRAPH = { info: 1, graph: 2, saver: 3, collections: 4, signatures: 5, assets: 6 };
const INFO = { tags: 4 };
const GRAPH = { node: 1, library: 2 };
const FUNCTION = { signature: 1, node: 3 };
const OPERATION = { name: 1, argument: 2 };
const NODE = { name: 1, operator: 2, input: 3, attribute: 5 };
const ATTRIBUTE = { list: 1, tensor: 8, function: 10 };
const LIST = { tensor: 8, function: 9 };
const SAVER = { filename: 1, restore: 3 };
const SIGNATURE = { outputs: 2 };

interface Sizes {
  elements: number;
}

/** Reads saved_model.pb, the graphs of it. Throws RangeError for bytes that are none. */
export function readSavedModel(bytes: Uint8Array): readonly SavedGraph[] {
  const graphs: SavedGraph[] = [];
  try {
    eachField(bytes, { [SAVED_MODEL.graphs]: (reader) => void graphs.push(metaGraph(reader.bytes())) });
  } catch (cause) {
    throw new RangeError(`it is no SavedModel: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (graphs.length === 0) throw new RangeError('it is no SavedModel: it has no graph');
  return graphs;
}

function metaGraph(bytes: Uint8Array): SavedGraph {
  const tags: string[] = [];
  const nodes: SavedNode[] = [];
  const functions = new Map<string, SavedFunction>();
  const signatures = new Map<string, readonly string[]>();
  const collections = new Map<string, readonly string[]>();
  const saver = { filename: '', restore: '' };
  const sizes: Sizes = { elements: 0 };
  let assets = 0;
  eachField(bytes, {
    [META_GRAPH.info]: (reader) => eachField(reader.bytes(), { [INFO.tags]: (inner) => void tags.push(inner.string()) }),
    [META_GRAPH.graph]: (reader) => eachField(reader.bytes(), {
      [GRAPH.node]: (inner) => void nodes.push(node(inner.bytes(), sizes)),
      [GRAPH.library]: (inner) => eachField(inner.bytes(), { 1: (each) => functionOf(each.bytes(), functions, sizes) }),
    }),
    [META_GRAPH.saver]: (reader) => eachField(reader.bytes(), { [SAVER.filename]: (inner) => { saver.filename = inner.string(); }, [SAVER.restore]: (inner) => { saver.restore = inner.string(); } }),
    [META_GRAPH.collections]: (reader) => {
      const [name, value] = entry(reader);
      const values: string[] = [];
      eachField(value, { 1: (list) => eachField(list.bytes(), { 1: (inner) => void values.push(inner.string()) }) });
      collections.set(name, [...collections.get(name) ?? [], ...values]);
    },
    [META_GRAPH.signatures]: (reader) => {
      const [name, value] = entry(reader);
      const outputs: string[] = [];
      eachField(value, { [SIGNATURE.outputs]: (output) => eachField(entry(output)[1], { 1: (inner) => void outputs.push(inner.string()) }) });
      signatures.set(name, [...signatures.get(name) ?? [], ...outputs]);
    },
    [META_GRAPH.assets]: (reader) => {
      reader.bytes();
      assets++;
    },
  });
  return { tags, nodes, functions, signatures, collections, saver, assets, elements: sizes.elements };
}

/** Key and value of a map's entry; a value in several parts is their union, as protobuf has it. */
function entry(reader: BinaryReader): readonly [string, Uint8Array] {
  let key = '';
  let value: Uint8Array = new Uint8Array(0);
  eachField(reader.bytes(), { 1: (inner) => { key = inner.string(); }, 2: (inner) => { value = Buffer.concat([value, inner.bytes()]); } });
  return [key, value];
}

function functionOf(bytes: Uint8Array, functions: Map<string, SavedFunction>, sizes: Sizes): void {
  let name = '';
  const given: string[] = [];
  const nodes: SavedNode[] = [];
  eachField(bytes, {
    [FUNCTION.signature]: (reader) => eachField(reader.bytes(), {
      [OPERATION.name]: (inner) => { name = inner.string(); },
      [OPERATION.argument]: (inner) => eachField(inner.bytes(), { 1: (each) => void given.push(each.string()) }),
    }),
    [FUNCTION.node]: (reader) => void nodes.push(node(reader.bytes(), sizes)),
  });
  if (functions.has(name)) throw new RangeError(`it has the function '${name}' twice`);
  functions.set(name, { arguments: given, nodes });
}

function node(bytes: Uint8Array, sizes: Sizes): SavedNode {
  let name = '';
  let operator = '';
  const inputs: string[] = [];
  const functions: string[] = [];
  const called = (reader: BinaryReader): void => eachField(reader.bytes(), { 1: (inner) => void functions.push(inner.string()) });
  const held = (reader: BinaryReader): void => { sizes.elements += elementsOf(reader.bytes()); };
  eachField(bytes, {
    [NODE.name]: (reader) => { name = reader.string(); },
    [NODE.operator]: (reader) => { operator = reader.string(); },
    [NODE.input]: (reader) => void inputs.push(reader.string()),
    [NODE.attribute]: (reader) => eachField(entry(reader)[1], {
      [ATTRIBUTE.list]: (inner) => eachField(inner.bytes(), { [LIST.tensor]: held, [LIST.function]: called }),
      [ATTRIBUTE.tensor]: held,
      [ATTRIBUTE.function]: called,
    }),
  });
  return { name, operator, inputs, functions };
}

/** Product of a TensorProto's sizes; infinite where one is none. */
function elementsOf(bytes: Uint8Array): number {
  let elements = 1;
  eachField(bytes, { 2: (shape) => eachField(shape.bytes(), { 2: (dimension) => eachField(dimension.bytes(), { 1: (size) => {
    const value = Number(size.int64());
    elements *= value < 0 ? Infinity : value;
  } }) }) });
  return elements;
}
