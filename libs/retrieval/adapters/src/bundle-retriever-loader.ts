import { decodeItems, decodeNpy, readBundle, type NpyArray, type OpenBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { RetrieverLoader, RetrieverModel, referenceName, type NeighbourTable, type RetrieverReference } from '@serendip/retrieval-domain';
import { DomainError } from '@serendip/shared-errors';

/**
 * Loads retrievers from bundles of format `table` with the encoder `lag-filter`: items.txt, item_in.npy and item_out.npy (items × d),
 * bias.npy, lag_weights.npy (L × d), w1.npy (hidden × d), b1.npy, w2.npy (d × hidden), all float32, and, when they are there,
 * neighbours_ids.npy and similar_ids.npy (items × width, int32, -1 for none) with neighbours_weights.npy and similar_weights.npy.
 */
export class BundleRetrieverLoader extends RetrieverLoader {
  constructor(private readonly objects: ObjectStore) {
    super();
  }

  /** Rejects with RETRIEVER_INVALID when the bundle is no such retriever, and as `readBundle` does when it can't be read. */
  async load(reference: RetrieverReference): Promise<RetrieverModel> {
    const bundle = await readBundle(this.objects, reference.bundle, reference.digest === '' ? undefined : reference.digest);
    const { kind, format, encoder } = bundle.manifest;
    if (kind !== 'retriever' || format !== 'table' || encoder !== 'lag-filter') {
      throw invalid(reference, `it is a ${kind} of format ${format} with the encoder ${encoder ?? 'none'}, not a retriever of format table with lag-filter`);
    }
    try {
      return await modelOf(reference, bundle);
    } catch (error) {
      throw error instanceof RangeError ? invalid(reference, error.message) : error;
    }
  }
}

async function modelOf(reference: RetrieverReference, bundle: OpenBundle): Promise<RetrieverModel> {
  const matrix = async (name: string): Promise<NpyArray> => decodeNpy(await bundle.file(`${name}.npy`));
  const floats = async (name: string): Promise<Float32Array> => float32s(reference, name, await matrix(name));
  const lagWeights = await matrix('lag_weights');
  const b1 = await floats('b1');
  const [lags = 0, dimension = 0] = lagWeights.shape;
  const neighbours = await tableOf(reference, bundle, 'neighbours');
  const similar = await tableOf(reference, bundle, 'similar');
  return new RetrieverModel({
    reference: referenceName(reference),
    items: decodeItems(await bundle.file('items.txt')),
    encoder: {
      dimension, lags, hidden: b1.length, b1,
      itemIn: await floats('item_in'), lagWeights: float32s(reference, 'lag_weights', lagWeights), w1: await floats('w1'), w2: await floats('w2'),
    },
    itemOut: await floats('item_out'),
    bias: await floats('bias'),
    ...(neighbours === undefined ? {} : { neighbours }),
    ...(similar === undefined ? {} : { similar }),
  });
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
