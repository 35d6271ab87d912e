import { OnnxRuntime } from '@serendip/ranking-adapters';
import { RANKING_FEATURE_NAMES } from '@serendip/ranking-domain';
import { HEADS, type Examples } from './examples.js';
import { HEAD_WEIGHTS } from './ranker-stage.js';

const ROWS_AT_ONCE = 8192;

/** Scores of every row by a ranker's own objective. */
export async function rankerScores(onnx: Uint8Array, { features, retrievalScores }: Examples): Promise<Float32Array> {
  const width = RANKING_FEATURE_NAMES.length;
  const runtime = await OnnxRuntime.load(onnx, { features: width, sessions: 1 });
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
