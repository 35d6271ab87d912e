import { DomainError } from '@serendip/shared-errors';
import { env, InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { Device, ElementType, ModelFiles, ModelRuntime, RuntimeName, Tensor, TensorData, Tensors, TensorSpec } from './model-runtime.js';

const MODEL_FILE = 'model.onnx';
const PROVIDERS = {
  'onnx-cpu': { provider: 'cpu', device: 'cpu' }, 'onnx-webgpu': { provider: 'webgpu', device: 'gpu' }, 'onnx-cuda': { provider: 'cuda', device: 'cuda' },
} as const;
const TYPES: readonly string[] = ['float32', 'float64', 'int32', 'int64', 'bool'];

/** It says on standard error what it throws as well. */
env.logLevel = 'fatal';

/** An ONNX model on one of onnxruntime's providers. A run takes the thread it is called on until it is done. */
export class OnnxModel implements ModelRuntime {
  readonly sessions = 1;

  private constructor(
    readonly name: RuntimeName, readonly device: Device, private readonly session: InferenceSession, readonly inputs: readonly TensorSpec[], readonly outputs: readonly TensorSpec[],
  ) {}

  /** Loads from bytes, never from a path, so that a model can't name other files. Throws INVALID_ARGUMENT/MODEL_INVALID, and onnxruntime's error where the provider can't be had. */
  static async load(name: keyof typeof PROVIDERS, files: ModelFiles): Promise<OnnxModel> {
    const { provider, device } = PROVIDERS[name];
    const model = files[MODEL_FILE];
    if (model === undefined) throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `An ONNX model is the file ${MODEL_FILE}; there is none.`);
    const session = await InferenceSession.create(model, { executionProviders: [provider], intraOpNumThreads: 1, interOpNumThreads: 1 });
    try {
      return new OnnxModel(name, device, session, session.inputMetadata.map(specOf), session.outputMetadata.map(specOf));
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const feeds: Record<string, OnnxTensor> = {};
    for (const name in inputs) feeds[name] = fed(inputs[name]!);
    const answered = await this.session.run(feeds);
    const outputs: Record<string, Tensor> = {};
    for (const name in answered) {
      const { type, dims, data } = answered[name]!;
      outputs[name] = { type: type as ElementType, shape: dims, data: data as TensorData };
    }
    return outputs;
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function fed({ type, data, shape }: Tensor): OnnxTensor {
  return new OnnxTensor(type, data as Float32Array, shape);
}

function specOf(metadata: InferenceSession.ValueMetadata): TensorSpec {
  if (!metadata.isTensor || !TYPES.includes(metadata.type)) {
    throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `'${metadata.name}' of this ONNX model is ${metadata.isTensor ? metadata.type : 'no tensor'}; served are ${TYPES.join(', ')}.`);
  }
  return { name: metadata.name, type: metadata.type as ElementType, shape: metadata.shape };
}
