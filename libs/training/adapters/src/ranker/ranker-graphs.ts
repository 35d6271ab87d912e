import { OnnxGraph, type Value } from '@serendip/platform-onnx';
import { scalingLimit, widths, type FeatureScaling, type Layers, type RankerShape } from '@serendip/training-domain';

/** Features brought to their common scale, missing ones as 0. */
function scaled(graph: OnnxGraph, features: Value, { means, scales }: FeatureScaling): Value {
  const centred = graph.node('Mul', [graph.node('Sub', [features, graph.constant(means)]), graph.constant(scales)]);
  const known = graph.node('Where', [graph.node('IsNaN', [centred]), graph.scalar(0), centred]);
  return graph.node('Clip', [known, graph.scalar(-scalingLimit), graph.scalar(scalingLimit)]);
}

function dense(graph: OnnxGraph, input: Value, weights: Value, bias: Value): Value {
  return graph.node('Gemm', [input, weights, bias], { transB: 1 });
}

/** The model that serves: `features` (float32, rows × features, as collected) → `scores` (float32, rows × heads, probabilities). */
export function servingGraph(shape: RankerShape, layers: Layers): Uint8Array {
  const sizes = widths(shape);
  const graph = new OnnxGraph('ranker');
  let value = scaled(graph, graph.input('features', 'float32', ['rows', shape.featureCount]), shape.scaling);
  layers.forEach(({ weights, bias }, i) => {
    value = dense(graph, value, graph.constant(weights, [sizes[i + 1]!, sizes[i]!]), graph.constant(bias));
    value = graph.node(i < layers.length - 1 ? 'Relu' : 'Sigmoid', [value]);
  });
  graph.output('scores', value, 'float32', ['rows', shape.headCount]);
  return graph.build();
}

/** Inputs `features`, `w0`, `b0`, …; outputs `a0` (the scaled features), `a1`, … (each hidden layer's units) and `logits`. */
export function forwardGraph(shape: RankerShape): Uint8Array {
  const sizes = widths(shape);
  const graph = new OnnxGraph('ranker-forward');
  let value = scaled(graph, graph.input('features', 'float32', ['rows', shape.featureCount]), shape.scaling);
  for (let i = 0; i + 1 < sizes.length; i++) {
    graph.output(`a${i}`, value, 'float32', ['rows', sizes[i]!]);
    value = dense(graph, value, graph.input(`w${i}`, 'float32', [sizes[i + 1]!, sizes[i]!]), graph.input(`b${i}`, 'float32', [sizes[i + 1]!]));
    if (i + 2 < sizes.length) value = graph.node('Relu', [value]);
  }
  graph.output('logits', value, 'float32', ['rows', shape.headCount]);
  return graph.build();
}

/** Inputs `gLogits`, every `w` but the first and every `a` of the forward pass; outputs `gW0`, `gB0`, … */
export function backwardGraph(shape: RankerShape): Uint8Array {
  const sizes = widths(shape);
  const graph = new OnnxGraph('ranker-backward');
  let gradient = graph.input('gLogits', 'float32', ['rows', shape.headCount]);
  for (let i = sizes.length - 2; i >= 0; i--) {
    const units = graph.input(`a${i}`, 'float32', ['rows', sizes[i]!]);
    graph.output(`gW${i}`, graph.node('Gemm', [gradient, units], { transA: 1 }), 'float32', [sizes[i + 1]!, sizes[i]!]);
    graph.output(`gB${i}`, graph.node('ReduceSum', [gradient, graph.integers([0])], { keepdims: 0 }), 'float32', [sizes[i + 1]!]);
    if (i === 0) break;
    const before = graph.node('Gemm', [gradient, graph.input(`w${i}`, 'float32', [sizes[i + 1]!, sizes[i]!])]);
    gradient = graph.node('Where', [graph.node('Greater', [units, graph.scalar(0)]), before, graph.scalar(0)]);
  }
  return graph.build();
}
