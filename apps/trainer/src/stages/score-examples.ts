import type { OpenBundle } from '@serendip/platform-bundles';
import { RankerGraph, graphFiles } from '@serendip/ranking-adapters';
import type { ModelFiles, ModelFormat } from '@serendip/platform-runtimes';
import { HEADS, type Examples } from './examples.js';
import { HEAD_WEIGHTS } from './ranker-stage.js';

const ROWS_AT_ONCE = 8192;

interface ScoredWith {
  /** Features that the model takes, in its order, all of them among the examples'; by default the examples' own. */
  readonly wanted?: readonly string[];
  /** The model's heads with their weight in its objective; by default those that are trained here. */
  readonly heads?: readonly { readonly name: string; readonly weight: number }[];
}

const TRAINED_HEADS = HEADS.map((name, i) => ({ name, weight: HEAD_WEIGHTS[i]! }));

/** Scores of every row by a registered ranker, whatever its format. */
export async function bundleScores(bundle: OpenBundle, examples: Examples, { wanted }: Pick<ScoredWith, 'wanted'> = {}): Promise<Float32Array> {
  const { format, heads = [] } = bundle.manifest;
  if (format === 'table') throw new RangeError('A table is no ranker.');
  return scoresOf({ format, files: await graphFiles(bundle) }, examples, { heads, ...(wanted === undefined ? {} : { wanted }) });
}

/** Scores of every row by an ONNX ranker's own objective. */
export function rankerScores(onnx: Uint8Array, examples: Examples, scored: ScoredWith = {}): Promise<Float32Array> {
  return scoresOf({ format: 'onnx', files: { 'model.onnx': onnx } }, examples, scored);
}

interface Graph {
  readonly format: ModelFormat;
  readonly files: ModelFiles;
}

async function scoresOf({ format, files }: Graph, examples: Examples, { wanted = examples.names, heads = TRAINED_HEADS }: ScoredWith): Promise<Float32Array> {
  const { retrievalScores } = examples;
  const width = wanted.length;
  const features = wanted === examples.names ? examples.features : picked(examples, wanted);
  const runtime = await RankerGraph.open(files, { features: width, heads: heads.map(({ name }) => name) }, { format, device: 'cpu', sessions: 1, onFallback: () => undefined });
  const scores = new Float32Array(retrievalScores.length);
  try {
    for (let from = 0; from < scores.length; from += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, scores.length - from);
      const answered = await runtime.run(features.slice(from * width, (from + rows) * width), rows);
      for (let row = 0; row < rows; row++) heads.forEach(({ weight }, head) => { scores[from + row]! += weight * answered[row * heads.length + head]!; });
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
