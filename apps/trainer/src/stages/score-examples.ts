import { RankerGraph } from '@serendip/ranking-adapters';
import { HEADS, type Examples } from './examples.js';
import { HEAD_WEIGHTS } from './ranker-stage.js';

const ROWS_AT_ONCE = 8192;

/**
 * Scores of every row by a ranker's own objective. `wanted` are the features that the model takes, in its order, all of them among
 * the examples'; by default the examples' own.
 */
export async function rankerScores(onnx: Uint8Array, examples: Examples, wanted = examples.names): Promise<Float32Array> {
  const { retrievalScores } = examples;
  const width = wanted.length;
  const features = wanted === examples.names ? examples.features : picked(examples, wanted);
  const runtime = await RankerGraph.open({ 'model.onnx': onnx }, { features: width, heads: HEADS }, { format: 'onnx', device: 'cpu', sessions: 1, onFallback: () => undefined });
  const scores = new Float32Array(retrievalScores.length);
  try {
    for (let from = 0; from < scores.length; from += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, scores.length - from);
      const heads = await runtime.run(features.slice(from * width, (from + rows) * width), rows);
      for (let row = 0; row < rows; row++) HEAD_WEIGHTS.forEach((weight, head) => { scores[from + row]! += weight * heads[row * HEADS.length + head]!; });
    }
    return scores;
  } finally {
    await runtime.close();
  }
}

function picked({ names, features, retrievalScores }: Examples, wanted: readonly string[]): Float32Array {
  const columns = wanted.map((name) => names.indexOf(name));
  const rows = new Float32Array(retrievalScores.length * columns.length);
  for (let row = 0, at = 0; row < retrievalScores.length; row++) for (const column of columns) rows[at++] = features[row * names.length + column]!;
  return rows;
}
