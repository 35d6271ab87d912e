import { decodeItems, decodeNpy, readBundle, type NpyArray, type OpenBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import {
  LagFilterEncoder, RetrieverLoader, RetrieverModel, prepareRetriever, referenceName, type LagFilterWeights, type NeighbourTable, type PreparedRetriever, type ModelReference, type RetrieverTables,
} from '@serendip/retrieval-domain';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { openCard, type CardPreparation, type SearchDevice } from './card-search.js';
import { OnnxUserEncoder } from './onnx-user-encoder.js';

/** A version as it is read: ready but for an encoder that is a graph. Can be posted to another thread. */
export interface ReadRetriever {
  readonly prepared: PreparedRetriever;
  /** The encoder, where it is an ONNX model. */
  readonly graph?: Uint8Array;
  /** Where a card may search it. */
  readonly card?: CardPreparation | undefined;
}

/**
 * Loads retrievers from bundles on this thread: items.txt, item_out.npy (items × d) and bias.npy; when they are there, neighbours_ids.npy and similar_ids.npy (items × width, int32, -1 for
 * none) with neighbours_weights.npy and similar_weights.npy; and an encoder. Of format `table` that is `lag-filter`: item_in.npy (items × d), lag_weights.npy (L × d), w1.npy (hidden × d),
 * b1.npy, w2.npy (d × hidden). Of format `onnx` it is `onnx`: model.onnx (`OnnxUserEncoder`), and bias.npy may be missing. Tables are float32.
 */
export class BundleRetrieverLoader extends RetrieverLoader {
  constructor(private readonly objects: ObjectStore) {
    super();
  }

  /** Rejects with RETRIEVER_INVALID when the bundle is no such retriever, and as `readBundle` does when it can't be read. */
  async load(reference: ModelReference): Promise<RetrieverModel> {
    return finishRetriever(reference, await readRetriever(this.objects, reference));
  }
}

/** Reads a version, checks it and makes its index. Rejects as `BundleRetrieverLoader.load` does. */
export async function readRetriever(objects: ObjectStore, reference: ModelReference): Promise<ReadRetriever> {
  const bundle = await readBundle(objects, reference.bundle, reference.digest === '' ? undefined : reference.digest);
  const { kind, format, encoder } = bundle.manifest;
  const served = (format === 'table' && encoder === 'lag-filter') || (format === 'onnx' && encoder === 'onnx');
  if (kind !== 'retriever' || !served) {
    throw invalid(reference, `it is a ${kind} of format ${format} with the encoder ${encoder ?? 'none'}, not a retriever of format table with lag-filter or of format onnx with onnx`);
  }
  const prepared = await refused(reference, async () => prepareRetriever(await tablesOf(reference, bundle)));
  return encoder === 'onnx' ? { prepared, graph: await bundle.file('model.onnx') } : { prepared };
}

/** How many values the vectors of a version have, from a small file that says so where there is one. Rejects as `readBundle` does, and with RETRIEVER_INVALID when nothing says it. */
export async function retrieverDimension(objects: ObjectStore, reference: ModelReference): Promise<number> {
  const { manifest: { encoder, signature }, file } = await readBundle(objects, reference.bundle, reference.digest);
  const said = encoder === 'onnx' ? signature?.outputs[0]?.shape[1] : undefined;
  const dimension = typeof said === 'number' ? said : decodeNpy(await file(encoder === 'onnx' ? 'item_out.npy' : 'lag_weights.npy')).shape[1];
  if (dimension === undefined) throw invalid(reference, 'nothing says how many values its vectors have');
  return dimension;
}

/** The version as it serves: with its graph loaded, if it has one, and on its card, if it is for one. Rejects with RETRIEVER_INVALID when its encoder can't run. */
export async function finishRetriever(reference: ModelReference, { prepared, graph, card }: ReadRetriever, device?: SearchDevice): Promise<RetrieverModel> {
  const { size, dimension } = prepared;
  const encoder = await refused(reference, async () => (graph === undefined ? new LagFilterEncoder(prepared.encoder!) : await OnnxUserEncoder.load(graph, { items: size, dimension })));
  return new RetrieverModel(prepared, { encoder, elsewhere: card === undefined || device === undefined ? undefined : await openCard(referenceName(reference), card, device) });
}

async function refused<T>(reference: ModelReference, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const isFault = error instanceof RangeError || (isDomainError(error) && error.reason === 'MODEL_INVALID');
    throw isFault ? invalid(reference, error.message) : error;
  }
}

type Matrices = (name: string) => Promise<NpyArray>;

async function tablesOf(reference: ModelReference, bundle: OpenBundle): Promise<RetrieverTables> {
  const matrix: Matrices = async (name) => decodeNpy(await bundle.file(`${name}.npy`));
  const items = decodeItems(await bundle.file('items.txt'));
  const itemOut = await matrix('item_out');
  const encoder = bundle.manifest.encoder === 'onnx' ? undefined : await lagFilterOf(reference, matrix);
  return {
    reference: referenceName(reference),
    items,
    dimension: encoder?.dimension ?? itemOut.shape[1] ?? 0,
    encoder,
    itemOut: float32s(reference, 'item_out', itemOut),
    bias: encoder === undefined && bundle.manifest.files['bias.npy'] === undefined ? new Float32Array(items.length) : float32s(reference, 'bias', await matrix('bias')),
    neighbours: await tableOf(reference, bundle, 'neighbours'),
    similar: await tableOf(reference, bundle, 'similar'),
  };
}

async function lagFilterOf(reference: ModelReference, matrix: Matrices): Promise<LagFilterWeights> {
  const floats = async (name: string): Promise<Float32Array> => float32s(reference, name, await matrix(name));
  const lagWeights = await matrix('lag_weights');
  const [lags = 0, dimension = 0] = lagWeights.shape;
  const b1 = await floats('b1');
  return { dimension, lags, hidden: b1.length, b1, itemIn: await floats('item_in'), lagWeights: float32s(reference, 'lag_weights', lagWeights), w1: await floats('w1'), w2: await floats('w2') };
}

async function tableOf(reference: ModelReference, bundle: OpenBundle, name: string): Promise<NeighbourTable | undefined> {
  if (!Object.hasOwn(bundle.manifest.files, `${name}_ids.npy`)) return undefined;
  const { data: ids, shape } = decodeNpy(await bundle.file(`${name}_ids.npy`));
  if (!(ids instanceof Int32Array) || shape.length !== 2) throw invalid(reference, `${name}_ids.npy is not a matrix of int32`);
  const weights = float32s(reference, `${name}_weights`, decodeNpy(await bundle.file(`${name}_weights.npy`)));
  return { width: shape[1]!, ids, weights };
}

function float32s(reference: ModelReference, name: string, { data }: NpyArray): Float32Array {
  if (!(data instanceof Float32Array)) throw invalid(reference, `${name}.npy is not float32`);
  return data;
}

function invalid(reference: ModelReference, why: string): DomainError {
  return new DomainError('INVALID_ARGUMENT', 'RETRIEVER_INVALID', `Retriever ${referenceName(reference)} can't be used: ${why}.`);
}
