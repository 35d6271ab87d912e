import { OnnxGraph, type Attributes, type Value } from '@serendip/platform-onnx';
import { lagFilterEpsilon } from '@serendip/retrieval-domain';
import type { LagFilterShape } from '@serendip/training-domain';

/**
 * One training step as a graph: parameters and a batch in, the loss and every gradient out (the backward pass is written by
 * hand). Rows are the batch's predictions, chunks × steps. The history is filtered per dimension by a Toeplitz matrix, so
 * that the products of all stretches are one batched matrix product.
 */
export function stepGraph(shape: LagFilterShape): Uint8Array {
  const { dimension: d, hidden, lags, chunks, steps, negatives } = shape;
  const rows = chunks * steps;
  const places = lags - 1 + steps;
  const graph = new OnnxGraph('lag-filter-step');
  const node = (operator: string, inputs: readonly Value[], attributes?: Attributes): Value => graph.node(operator, inputs, attributes);
  const gemm = (a: Value, b: Value, attributes: Attributes = {}, add?: Value): Value => node('Gemm', add === undefined ? [a, b] : [a, b, add], attributes);
  const reshape = (value: Value, ...dimensions: number[]): Value => node('Reshape', [value, graph.integers(dimensions)]);
  const flip = (value: Value): Value => node('Transpose', [value], { perm: [1, 0] });
  const sumRows = (value: Value): Value => node('ReduceSum', [value, graph.integers([0])], { keepdims: 0 });
  const sumColumns = (value: Value): Value => node('ReduceSum', [value, graph.integers([1])]);

  const itemIn = graph.input('itemIn', 'float32', ['inRows', d]);
  const itemOut = graph.input('itemOut', 'float32', ['items', d]);
  const bias = graph.input('bias', 'float32', ['items']);
  const toeplitz = graph.input('toeplitz', 'float32', [d, places, steps]);
  const w1 = graph.input('w1', 'float32', [hidden, d]);
  const b1 = graph.input('b1', 'float32', [hidden]);
  const w2 = graph.input('w2', 'float32', [d, hidden]);
  const inputs = graph.input('inputs', 'int32', [chunks * places]);
  const positives = graph.input('positives', 'int32', [rows]);
  const weights = graph.input('weights', 'float32', [rows, 1]);
  const negative = graph.input('negatives', 'int32', [negatives]);
  const negativeLogs = graph.input('negativeLogs', 'float32', [negatives]);
  const dropout = graph.input('dropout', 'float32', [rows, hidden]);

  // User vectors: h = filtered history, n = h / rms(h), y = n + W2 (relu(W1 n + b1) ⊙ dropout).
  const history = reshape(flip(node('Gather', [itemIn, inputs])), d, chunks, places);
  const h = flip(reshape(node('MatMul', [history, toeplitz]), d, rows));
  const meanSquare = node('ReduceMean', [node('Mul', [h, h])], { axes: [1] });
  const inverseRms = node('Reciprocal', [node('Sqrt', [node('Add', [meanSquare, graph.scalar(lagFilterEpsilon)])])]);
  const n = node('Mul', [h, inverseRms]);
  const units = node('Relu', [gemm(n, w1, { transB: 1 }, b1)]);
  const kept = node('Mul', [units, dropout]);
  const y = gemm(kept, w2, { transB: 1 }, n);

  // Scores: the positive's beside the shared negatives', a negative that is the row's positive left out.
  const outPositive = node('Gather', [itemOut, positives]);
  const outNegative = node('Gather', [itemOut, negative]);
  const positiveScore = node('Add', [sumColumns(node('Mul', [y, outPositive])), reshape(node('Gather', [bias, positives]), rows, 1)]);
  const offsets = node('Sub', [node('Gather', [bias, negative]), negativeLogs]);
  const isPositive = node('Equal', [reshape(positives, rows, 1), reshape(negative, 1, negatives)]);
  const negativeScores = node('Where', [isPositive, graph.scalar(-1e9), gemm(y, outNegative, { transB: 1 }, offsets)]);
  const chances = node('Softmax', [node('Concat', [positiveScore, negativeScores], { axis: 1 })], { axis: 1 });
  const slice = (from: number, to: number): Value => node('Slice', [chances, graph.integers([from]), graph.integers([to]), graph.integers([1])]);
  const right = slice(0, 1);
  const logs = node('Log', [node('Max', [right, graph.scalar(1e-30)])]);
  const loss = node('Neg', [node('ReduceSum', [node('Mul', [logs, weights])], { keepdims: 0 })]);

  // Backward through the scores.
  const gPositive = node('Mul', [node('Sub', [right, graph.scalar(1)]), weights]);
  const gNegative = node('Mul', [slice(1, negatives + 1), weights]);
  const gY = gemm(gNegative, outNegative, {}, node('Mul', [outPositive, gPositive]));
  // Backward through the correction: relu passes where its unit is above 0.
  const passes = node('Mul', [dropout, node('Cast', [node('Greater', [units, graph.scalar(0)])], { to: 1 })]);
  const gUnits = node('Mul', [gemm(gY, w2), passes]);
  const gN = gemm(gUnits, w1, {}, gY);
  // Backward through the norm: dh = (dn − n · mean(dn ⊙ n)) / rms.
  const along = node('ReduceMean', [node('Mul', [gN, n])], { axes: [1] });
  const gH = node('Mul', [node('Sub', [gN, node('Mul', [n, along])]), inverseRms]);
  const gFiltered = reshape(flip(gH), d, chunks, steps);

  graph.output('loss', loss, 'float32', []);
  graph.output('gInputs', flip(reshape(node('com.microsoft::FusedMatMul', [gFiltered, toeplitz], { transB: 1 }), d, chunks * places)), 'float32', [chunks * places, d]);
  graph.output('gToeplitz', node('com.microsoft::FusedMatMul', [history, gFiltered], { transA: 1 }), 'float32', [d, places, steps]);
  graph.output('gPositives', node('Mul', [y, gPositive]), 'float32', [rows, d]);
  graph.output('gPositiveBias', gPositive, 'float32', [rows, 1]);
  graph.output('gNegatives', gemm(gNegative, y, { transA: 1 }), 'float32', [negatives, d]);
  graph.output('gNegativeBias', sumRows(gNegative), 'float32', [negatives]);
  graph.output('gW1', gemm(gUnits, n, { transA: 1 }), 'float32', [hidden, d]);
  graph.output('gB1', sumRows(gUnits), 'float32', [hidden]);
  graph.output('gW2', gemm(gY, kept, { transA: 1 }), 'float32', [d, hidden]);
  return graph.build();
}

/** Scores of all items: queries · itemOutᵀ + bias. */
export function scoreGraph(dimension: number): Uint8Array {
  const graph = new OnnxGraph('lag-filter-score');
  const queries = graph.input('queries', 'float32', ['count', dimension]);
  const itemOut = graph.input('itemOut', 'float32', ['items', dimension]);
  const bias = graph.input('bias', 'float32', ['items']);
  graph.output('scores', graph.node('Gemm', [queries, itemOut, bias], { transB: 1 }), 'float32', ['count', 'items']);
  return graph.build();
}
