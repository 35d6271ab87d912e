/** `npm run bench -- compress`: what compression makes of a trained ranker of the reference's size (64→256→128→1): size, time and cost of 500 rows, and quality. */
import { compressGraph, costPerMillion, withModel, type Compression } from '@serendip/models-adapters';
import { PRICES } from '@serendip/platform-config/prices';
import { trainRanker } from '@serendip/training-adapters';
import { Random, mean, pairedBootstrap, requestQuality, type RankerData } from '@serendip/training-domain';
import { note, quantile, rounded, show, type Outcome } from '../shared/show.ts';

const FEATURES = 64;
const GROUP = 20;
const GROUPS = 1500;
/** The latest, which nothing is trained on. */
const HELD_OUT = 300;
const ROWS = 500;
const METHODS: Readonly<Record<string, Compression>> = { int8: { kind: 'int8' }, fp16: { kind: 'fp16' }, 'prune 0.25': { kind: 'prune', ratio: 0.25 }, 'prune 0.5': { kind: 'prune', ratio: 0.5 } };

/** Groups in which somebody takes what is best by eight hinges of the features, with some chance. */
function planted(groups: number): RankerData {
  const random = new Random(3);
  const rows = groups * GROUP;
  const draw = (count: number, scale = 1): Float32Array => Float32Array.from({ length: count }, () => random.normal() * scale);
  const [hinges, worth, features] = [draw(8 * FEATURES, 1 / 8), draw(8), draw(rows * FEATURES)];
  const score = (row: number): number => worth.reduce((sum, each, hinge) => {
    let at = 0;
    for (let f = 0; f < FEATURES; f++) at += features[row * FEATURES + f]! * hinges[hinge * FEATURES + f]!;
    return sum + each * Math.max(0, at);
  }, 0);
  const labels = new Float32Array(rows);
  for (let group = 0; group < groups; group++) {
    const scores = Array.from({ length: GROUP }, (_, i) => score(group * GROUP + i) + random.normal() * 0.3);
    labels[group * GROUP + scores.indexOf(Math.max(...scores))] = 1;
  }
  return { offsets: Int32Array.from({ length: groups + 1 }, (_, i) => i * GROUP), features, featureCount: FEATURES, labels, headCount: 1 };
}

const groupsOf = (data: RankerData, from: number, to: number): RankerData => ({
  ...data, offsets: data.offsets.slice(0, to - from + 1), features: data.features.slice(from * GROUP * FEATURES, to * GROUP * FEATURES), labels: data.labels.slice(from * GROUP, to * GROUP),
});

const scoresOf = (onnx: Uint8Array, features: Float32Array): Promise<Float32Array> => withModel(onnx, async (model) => (
  (await model.run({ features: { dtype: 'float32', dims: [features.length / FEATURES, FEATURES], data: features } }))['scores']!.data as Float32Array));

async function run({ rounds }: { readonly rounds: number }): Promise<Outcome> {
  const all = planted(GROUPS);
  const [learned, judged] = [groupsOf(all, 0, GROUPS - HELD_OUT), groupsOf(all, GROUPS - HELD_OUT, GROUPS)];
  const { onnx: parent } = await trainRanker({ data: learned, options: { hidden: [256, 128], epochs: 6, validationShare: 0 } });
  const { onnx: student } = await trainRanker({ data: { ...learned, labels: await scoresOf(parent, learned.features) }, options: { hidden: [64, 32], epochs: 40, batchRows: 512, validationShare: 0 } });
  const models = { parent, ...Object.fromEntries(Object.entries(METHODS).map(([name, method]) => [name, compressGraph(parent, method).onnx])), 'distill 64-32': student } as Record<string, Uint8Array>;
  const features = judged.features.subarray(0, ROWS * FEATURES);
  const measured: Record<string, { readonly p50Ms: number; readonly cost: number }[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, onnx] of Object.entries(models)) {
      await withModel(onnx, async (model) => {
        const found = await model.measure({ features: { dtype: 'float32', dims: [ROWS, FEATURES], data: features.slice() } }, 1);
        (measured[name] ??= []).push({ p50Ms: found.p50Ms, cost: costPerMillion(found, model.peakBytes, PRICES) });
      });
    }
  }
  const before = await scoresOf(parent, judged.features);
  const quality = (scores: Float32Array): Float64Array => requestQuality({ offsets: judged.offsets, labels: judged.labels }, scores).ndcgs;
  const table: Record<string, unknown> = {};
  for (const [name, onnx] of Object.entries(models)) {
    const scores = await scoresOf(onnx, judged.features);
    const differences = scores.map((score, i) => Math.abs(score - before[i]!));
    const { low, high } = pairedBootstrap(quality(scores), quality(before));
    table[name] = {
      kib: rounded(onnx.length / 1024, 1), p50Ms: rounded(Math.min(...measured[name]!.map(({ p50Ms }) => p50Ms)), 3), costPerMillion: rounded(quantile(measured[name]!.map(({ cost }) => cost), 0), 4),
      ndcg10: rounded(mean(quality(scores)), 4), ndcgDifference: [rounded(low, 4), rounded(high, 4)], meanDifference: rounded(mean(differences), 5), maxDifference: rounded(Math.max(...differences), 5),
    };
    note(`${name}: ${JSON.stringify(table[name])}`);
  }
  return { figures: table, targets: {} };
}

await show({
  name: 'bench compress',
  help: `A ranker of the reference's size (${FEATURES} features → 256-128-1), trained on groups with a planted rule, and what \`serendip model compress\` makes of it: KiB, the
lowest p50 of ${ROWS} rows on one core and the lowest cost over the rounds (in turns, in a process of its own each), NDCG@10 on ${HELD_OUT} groups that nothing was trained on with the 95 %
interval of its difference, and the mean and largest difference of scores.`,
  options: { rounds: { type: 'string', help: 'turns of each (default 5)' } },
  run: ({ flags }) => run({ rounds: Number(flags.rounds ?? 5) }),
});
