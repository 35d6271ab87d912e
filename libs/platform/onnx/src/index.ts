export { OnnxGraph, type Attribute, type Attributes, type Dimension, type ElementType, type OnnxGraphOptions, type Value } from './onnx-graph.js';
