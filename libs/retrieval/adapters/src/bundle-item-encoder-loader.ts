import { readBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { ItemEncoderLoader, referenceName, type ItemEncoder, type ModelReference } from '@serendip/retrieval-domain';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { OnnxItemEncoder } from './onnx-item-encoder.js';

/** Loads item encoders from bundles of format `onnx`: model.onnx (`OnnxItemEncoder`), with `features` and `retriever` in model.yaml. */
export class BundleItemEncoderLoader extends ItemEncoderLoader {
  constructor(private readonly objects: ObjectStore) {
    super();
  }

  /** Rejects with ENCODER_INVALID when the bundle is no such encoder, and as `readBundle` does when it can't be read. */
  async load(reference: ModelReference): Promise<ItemEncoder> {
    const { manifest: { kind, format, features, retriever }, file } = await readBundle(this.objects, reference.bundle, reference.digest);
    if (kind !== 'item-encoder' || format !== 'onnx' || retriever === undefined) throw invalid(reference, 'it is no item encoder of format onnx that names its retriever');
    try {
      return await OnnxItemEncoder.load({ reference: referenceName(reference), retriever, features: features ?? [], model: await file('model.onnx') });
    } catch (error) {
      const isFault = error instanceof RangeError || (isDomainError(error) && error.reason === 'MODEL_INVALID');
      throw isFault ? invalid(reference, error.message) : error;
    }
  }
}

const invalid = (reference: ModelReference, why: string): DomainError => new DomainError('INVALID_ARGUMENT', 'ENCODER_INVALID', `Item encoder ${referenceName(reference)} can't be used: ${why.replace(/\.$/, '')}.`);
