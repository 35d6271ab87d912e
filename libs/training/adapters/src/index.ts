export { OnnxLagFilterEngine } from './lag-filter/onnx-lag-filter-engine.js';
export { OnnxRankerEngine } from './ranker/onnx-ranker-engine.js';
export type { RuntimeOptions } from './runtime.js';
export { trainLagFilter, type LagFilterTask } from './train-lag-filter.js';
export { trainRanker, type RankerModel, type RankerTask } from './train-ranker.js';
