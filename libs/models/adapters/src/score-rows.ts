import type { DescribedModel } from '@serendip/platform-bundles';
import type { IsolatedModel } from './isolated/isolated-model.js';

const ROWS_AT_ONCE = 8192;

export interface RowsToScore {
  /** Row-major, a column for each feature of the model. */
  readonly features: Float32Array;
  readonly width: number;
  readonly heads: NonNullable<DescribedModel['heads']>;
}

/** What a ranker answers for rows, in their order, a column for each head. */
export async function headScores(model: Pick<IsolatedModel, 'run'>, { features, width, heads }: RowsToScore): Promise<Float32Array> {
  const count = features.length / width;
  const scores = new Float32Array(count * heads.length);
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, count - from);
    const outputs = await model.run({ features: { dtype: 'float32', dims: [rows, width], data: features.slice(from * width, (from + rows) * width) } });
    scores.set(outputs['scores']!.data as Float32Array, from * heads.length);
  }
  return scores;
}

/** Scores of rows by a ranker's own objective: its heads by their weights. */
export async function scoreRows(model: Pick<IsolatedModel, 'run'>, rows: RowsToScore): Promise<Float32Array> {
  return weighted(await headScores(model, rows), rows.heads);
}

/** Each row's heads by their weights. */
export function weighted(scores: Float32Array, heads: RowsToScore['heads']): Float32Array {
  return Float32Array.from({ length: scores.length / Math.max(1, heads.length) }, (_, row) => heads.reduce((sum, { weight }, head) => sum + weight * scores[row * heads.length + head]!, 0));
}
