import { decodeItems, decodeNpy, readBundle, type NpyArray, type OpenBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { RetrieverLoader, RetrieverModel, referenceName, type LagFilterWeights, type NeighbourTable, type RetrieverReference } from '@serendip/retrieval-domain';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { OnnxUserEncoder } from './onnx-user-encoder.js';

/**
 * Loads retrievers from bundles: items.txt, item_out.npy (items × d) and bias.npy; when they are there, neighbours_ids.npy and similar_ids.npy (items × width, int32, -1 for none) with
 * neighbours_weights.npy and similar_weights.npy; and an encoder. Of format `table` that is `lag-filter`: item_in.npy (items × d), lag_weights.npy (L × d), w1.npy (hidden × d), b1.npy,
 * w2.npy (d × hidden). Of format `onnx` it is `onnx`: model.onnx (`OnnxUserEncoder`), and bias.npy may be missing. Tables are float32.
 */
export class BundleRetrieverLoader extends RetrieverLoader {
  constructor(private readonly objects: ObjectStore) {
    super();
  }

  /** Rejects with RETRIEVER_INVALID when the bundle is no such retriever, and as `readBundle` does when it can't be read. */
  async load(reference: RetrieverReference): Promise<RetrieverModel> {
    const bundle = await readBundle(this.objects, reference.bundle, reference.digest === '' ? undefined : reference.digest);
    const { kind, format, encoder } = bundle.manifest;
    const served = (format === 'table' && encoder === 'lag-filter') || (format === 'onnx' && encoder === 'onnx');
    if (kind !== 'retriever' || !served) {
      throw invalid(reference, `it is a ${kind} of format ${format} with the encoder ${encoder ?? 'none'}, not a retriever of format table with lag-filter or of format onnx with onnx`);
    }
    try {
      return await modelOf(reference, bundle);
    } catch (error) {
      const isFault = error instanceof RangeError || (isDomainError(error) && error.reason === 'MODEL_INVALID');
      throw isFault ? invalid(reference, error.message) : error;
    }
  }
}

type Matrices = (name: string) => Promise<NpyArray>;

async function modelOf(reference: RetrieverReference, bundle: OpenBundle): Promise<RetrieverModel> {
  const matrix: Matrices = async (name) => decodeNpy(await bundle.file(`${name}.npy`));
  const items = decodeItems(await bundle.file('items.txt'));
  const itemOut = await matrix('item_out');
  const neighbours = await tableOf(reference, bundle, 'neighbours');
  const similar = await tableOf(reference, bundle, 'similar');
  return new RetrieverModel({
    reference: referenceName(reference),
    items,
    encoder: bundle.manifest.encoder === 'onnx'
      ? await OnnxUserEncoder.load(await bundle.file('model.onnx'), { items: items.length, dimension: itemOut.shape[1] ?? 0 })
      : await lagFilterOf(reference, matrix),
    itemOut: float32s(reference, 'item_out', itemOut),
    bias: bundle.manifest.encoder === 'onnx' && bundle.manifest.files['bias.npy'] === undefined ? new Float32Array(items.length) : float32s(reference, 'bias', await matrix('bias')),
    ...(neighbours === undefined ? {} : { neighbours }),
    ...(similar === undefined ? {} : { similar }),
  });
}

async function lagFilterOf(reference: RetrieverReference, matrix: Matrices): Promise<LagFilterWeights> {
  const floats = async (name: string): Promise<Float32Array> => float32s(reference, name, await matrix(name));
  const lagWeights = await matrix('lag_weights');
  const [lags = 0, dimension = 0] = lagWeights.shape;
  const b1 = await floats('b1');
  return { dimension, lags, hidden: b1.length, b1, itemIn: await floats('item_in'), lagWeights: float32s(reference, 'lag_weights', lagWeights), w1: await floats('w1'), w2: await floats('w2') };
}

async function tableOf(reference: RetrieverReference, bundle: OpenBundle, name: string): Promise<NeighbourTable | undefined> {
  if (!Object.hasOwn(bundle.manifest.files, `${name}_ids.npy`)) return undefined;
  const { data: ids, shape } = decodeNpy(await bundle.file(`${name}_ids.npy`));
  if (!(ids instanceof Int32Array) || shape.length !== 2) throw invalid(reference, `${name}_ids.npy is not a matrix of int32`);
  const weights = float32s(reference, `${name}_weights`, decodeNpy(await bundle.file(`${name}_weights.npy`)));
  return { width: shape[1]!, ids, weights };
}

function float32s(reference: RetrieverReference, name: string, { data }: NpyArray): Float32Array {
  if (!(data instanceof Float32Array)) throw invalid(reference, `${name}.npy is not float32`);
  return data;
}

function invalid(reference: RetrieverReference, why: string): DomainError {
  return new DomainError('INVALID_ARGUMENT', 'RETRIEVER_INVALID', `Retriever ${referenceName(reference)} can't be used: ${why}.`);
}
