export { FEATURES, HEADS, WEIGHTS, expected, features, graphModelFiles, onnxFiles } from './dense-model.js';
export { RUNTIME_SUITE, TOLERANCE, type RuntimeCheck } from './runtime-suite.js';
