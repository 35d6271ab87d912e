export { DEVICE_CHOICES, openModel, type DeviceChoice, type Fallback, type OpenModelOptions } from './open-model.js';
export { checkRuntimes, hasGraphicsCard, type RuntimeStatus } from './machine.js';
export {
  ModelRuntime, RUNTIME_NAMES, type Device, type ElementType, type ModelFiles, type ModelFormat, type RuntimeName, type Tensor, type TensorData, type Tensors, type TensorSpec,
} from './model-runtime.js';
export { HostedRuntime } from './hosted-runtime.js';
