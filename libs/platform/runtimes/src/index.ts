export { DEVICE_CHOICES, openModel, type DeviceChoice, type Fallback, type OpenModelOptions } from './open-model.js';
export { checkRuntimes, hasGraphicsCard, prepareRuntime, type RuntimeStatus } from './machine.js';
export {
  ModelRuntime, RUNTIME_NAMES, type Device, type ElementType, type ModelFiles, type ModelFormat, type RuntimeName, type Tensor, type TensorData, type Tensors, type TensorSpec,
} from './model-runtime.js';
export { loadRuntime, loadSavedModelFolder } from './load-runtime.js';
export { GRAPH_FILE } from './tensorflow-graph.js';
export { SAVED_MODEL_FILE, writeSavedModel } from './tensorflow-model.js';
export { HostedRuntime } from './hosted-runtime.js';
