export { LiveRankers, type LiveRankersOptions, type LoadedRanker } from './live-rankers.js';
export { loadRanker } from './load-ranker.js';
export { OnnxRuntime } from './onnx-runtime.js';
export { readTaste, tasteFiles } from './taste-files.js';
