import { groupNdcg } from '../evaluation/group-ndcg.js';
import { pairedBootstrap } from '../evaluation/paired-bootstrap.js';
import { mean } from '../evaluation/ranking-metrics.js';
import type { RankerData } from './data.js';
import type { Layers, RankerEngine } from './engine.js';
import type { RankerBaseline, RankerHeadMetrics } from './options.js';

const scoredAtOnce = 8192;

/** The probabilities of every row (rows × heads), a block at a time. */
export async function probabilities(engine: RankerEngine, layers: Layers, { offsets, features, featureCount, headCount }: RankerData): Promise<Float32Array> {
  const rows = offsets.at(-1)!;
  const result = new Float32Array(rows * headCount);
  for (let first = 0; first < rows; first += scoredAtOnce) {
    const count = Math.min(scoredAtOnce, rows - first);
    const logits = await engine.logits(layers, features.subarray(first * featureCount, (first + count) * featureCount), count);
    for (let i = 0, at = first * headCount; i < count * headCount; i++, at++) result[at] = 1 / (1 + Math.exp(-logits[i]!));
  }
  return result;
}

/** NDCG@10 of one head over the groups that have a label. */
export function headNdcg({ offsets, labels, headCount }: RankerData, scores: Float32Array, head: number): number {
  return mean(groupNdcg({ scores, scoreStride: headCount, scoreColumn: head, labels, labelStride: headCount, labelColumn: head, offsets }).filter((ndcg) => !Number.isNaN(ndcg)));
}

/** How good each head is, and how much better than the baselines. */
export function headMetrics(data: RankerData, scores: Float32Array, baselines: readonly RankerBaseline[]): RankerHeadMetrics[] {
  const { offsets, labels, headCount, features, featureCount } = data;
  const columnMean = (values: Float32Array, column: number): number => mean(values.filter((_, i) => i % headCount === column));
  return Array.from({ length: headCount }, (_, head) => {
    const relevance = { labels, labelStride: headCount, labelColumn: head, offsets };
    const hasLabel = (ndcg: number): boolean => !Number.isNaN(ndcg);
    const own = groupNdcg({ ...relevance, scores, scoreStride: headCount, scoreColumn: head }).filter(hasLabel);
    return {
      groups: own.length,
      ndcg: mean(own),
      predicted: columnMean(scores, head),
      observed: columnMean(labels, head),
      baselines: baselines.map(({ name, column }) => {
        const other = groupNdcg({ ...relevance, scores: features, scoreStride: featureCount, scoreColumn: column }).filter(hasLabel);
        return { name, ndcg: mean(other), difference: pairedBootstrap(own, other) };
      }),
    };
  });
}
