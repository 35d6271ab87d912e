import type { ModelFiles, ModelFormat, ModelRuntime, RuntimeName } from './model-runtime.js';
import { OnnxModel } from './onnx-model.js';
import { TensorFlowModel } from './tensorflow-model.js';

export const FORMATS: Readonly<Record<RuntimeName, ModelFormat>> = {
  'onnx-cpu': 'onnx', 'onnx-webgpu': 'onnx', 'onnx-cuda': 'onnx', 'tfjs-wasm': 'tensorflow', 'tfjs-webgpu': 'tensorflow', 'tfjs-node': 'tensorflow',
};

/** Loads a SavedModel from a folder where it lies as TensorFlow writes it, to run on this thread: for who may not write files. */
export function loadSavedModelFolder(folder: string): Promise<ModelRuntime> {
  return TensorFlowModel.loadFolder(folder);
}

/** Loads a model to run on this thread. */
export function loadRuntime(name: RuntimeName, files: ModelFiles): Promise<ModelRuntime> {
  switch (name) {
    case 'onnx-cpu': case 'onnx-webgpu': case 'onnx-cuda': return OnnxModel.load(name, files);
    case 'tfjs-wasm': case 'tfjs-webgpu': case 'tfjs-node': return TensorFlowModel.load(name, files);
  }
}
