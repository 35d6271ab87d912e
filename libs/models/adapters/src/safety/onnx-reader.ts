import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { eachField } from './protobuf-fields.js';

/** What a scan needs to know of an ONNX model; weights are not copied. */
export interface OnnxModel {
  /** Version of each operator set by domain; '' is the standard one. */
  readonly operatorSets: ReadonlyMap<string, number>;
  /** How often each operator is used, subgraphs included, as `domain::Operator`. */
  readonly operators: ReadonlyMap<string, number>;
  /** Initialisers and constants. */
  readonly tensors: readonly OnnxTensor[];
  /** Functions that the model brings along. */
  readonly functions: number;
  readonly nodes: number;
  /** Deepest subgraph, 0 for none. */
  readonly depth: number;
}

export interface OnnxTensor {
  readonly name: string;
  /** Product of its sizes. */
  readonly elements: number;
  readonly isExternal: boolean;
}

interface Found {
  readonly operatorSets: Map<string, number>;
  readonly operators: Map<string, number>;
  readonly tensors: OnnxTensor[];
  functions: number;
  nodes: number;
  depth: number;
}

const MOST_DEPTH = 8;
const EXTERNAL = 1;

/** Field numbers of onnx.proto3. */
const MODEL = { graph: 7, operatorSets: 8, functions: 25 };
const GRAPH = { node: 1, initializer: 5, sparseInitializer: 15 };
const NODE = { operator: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11 };
const TENSOR = { dimensions: 1, name: 8, externalData: 13, dataLocation: 14 };

/** Reads a serialised ModelProto. Throws RangeError for bytes that are none, or subgraphs without end. */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  const found: Found = { operatorSets: new Map(), operators: new Map(), tensors: [], functions: 0, nodes: 0, depth: 0 };
  let graphs = 0;
  try {
    eachField(bytes, {
      [MODEL.graph]: (reader) => {
        graphs++;
        graph(reader.bytes(), found, 0);
      },
      [MODEL.operatorSets]: (reader) => operatorSet(reader.bytes(), found),
      [MODEL.functions]: (reader) => {
        found.functions++;
        eachField(reader.bytes(), { 7: (inner) => node(inner.bytes(), found, 0) });
      },
    });
  } catch (cause) {
    throw new RangeError(`it is no ONNX model: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (graphs !== 1) throw new RangeError(`it is no ONNX model: it has ${graphs} graphs`);
  return found;
}

function operatorSet(bytes: Uint8Array, { operatorSets }: Found): void {
  let domain = '';
  let version = 0;
  eachField(bytes, { 1: (reader) => { domain = reader.string(); }, 2: (reader) => { version = Number(reader.int64()); } });
  operatorSets.set(domain, version);
}

function graph(bytes: Uint8Array, found: Found, depth: number): void {
  if (depth > MOST_DEPTH) throw new RangeError(`its subgraphs are more than ${MOST_DEPTH} deep`);
  found.depth = Math.max(found.depth, depth);
  eachField(bytes, {
    [GRAPH.node]: (reader) => node(reader.bytes(), found, depth),
    [GRAPH.initializer]: (reader) => tensor(reader.bytes(), found),
    [GRAPH.sparseInitializer]: (reader) => eachField(reader.bytes(), { 1: (inner) => tensor(inner.bytes(), found), 2: (inner) => tensor(inner.bytes(), found) }),
  });
}

function node(bytes: Uint8Array, found: Found, depth: number): void {
  let operator = '';
  let domain = '';
  found.nodes++;
  eachField(bytes, {
    [NODE.operator]: (reader) => { operator = reader.string(); },
    [NODE.domain]: (reader) => { domain = reader.string(); },
    [NODE.attribute]: (reader) => attribute(reader.bytes(), found, depth),
  });
  const name = `${domain === 'ai.onnx' ? '' : domain}::${operator}`;
  found.operators.set(name, (found.operators.get(name) ?? 0) + 1);
}

function attribute(bytes: Uint8Array, found: Found, depth: number): void {
  eachField(bytes, {
    [ATTRIBUTE.tensor]: (reader) => tensor(reader.bytes(), found),
    [ATTRIBUTE.tensors]: (reader) => tensor(reader.bytes(), found),
    [ATTRIBUTE.graph]: (reader) => graph(reader.bytes(), found, depth + 1),
    [ATTRIBUTE.graphs]: (reader) => graph(reader.bytes(), found, depth + 1),
  });
}

function tensor(bytes: Uint8Array, { tensors }: Found): void {
  let name = '';
  let elements = 1;
  let isExternal = false;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === TENSOR.dimensions && wireType === WireType.Varint) elements *= Number(reader.int64());
    else if (field === TENSOR.dimensions && wireType === WireType.LengthDelimited) {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) elements *= Number(packed.int64());
    } else if (field === TENSOR.name && wireType === WireType.LengthDelimited) name = reader.string();
    else if (field === TENSOR.externalData && wireType === WireType.LengthDelimited) {
      reader.bytes();
      isExternal = true;
    } else if (field === TENSOR.dataLocation && wireType === WireType.Varint) isExternal = reader.int32() === EXTERNAL || isExternal;
    else reader.skip(wireType, field);
  }
  tensors.push({ name, elements, isExternal });
}
