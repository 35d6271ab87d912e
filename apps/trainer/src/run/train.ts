import { readBundle } from '@serendip/platform-bundles';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { BundleRetrieverLoader } from '@serendip/retrieval-adapters';
import type { RetrieverModel } from '@serendip/retrieval-domain';
import type { CancelSignal, TrainingProgress } from '@serendip/training-domain';
import { before, interactions, type History } from '../dataset/history.js';
import { readLog } from '../dataset/read-log.js';
import { judge, quality, type Quality } from '../stages/evaluate.js';
import { collectExamples, requestCount, type Examples } from '../stages/examples.js';
import { featureNames, readsProfiles } from '../stages/feature-names.js';
import { trainRankerStage } from '../stages/ranker-stage.js';
import { retrieverModel, trainRetriever } from '../stages/retriever-stage.js';
import { bundleScores, rankerScores } from '../stages/score-examples.js';
import { trainTaste } from '../stages/taste-stage.js';
import { writeRanker, writeRetriever } from './bundles.js';
import type { StageName } from './plan.js';
import type { Champion, TrainedBundle, TrainingOutcome, TrainingTask } from './task.js';

/** Places in time order: the retriever that is judged sees what comes before the first, the ranker learns up to the second, and the rest judges. */
const EXAMPLES_FROM = 0.8;
const JUDGED_FROM = 0.92;
const CANDIDATE = 'retriever@0';
const GOLDEN_ROWS = 16;

export interface TrainingHost {
  readonly onProgress: (stage: StageName, share: number) => void;
  readonly signal: CancelSignal;
}

/** How much work fits the data: a small shop is trained in seconds. */
function sizes(history: History, maxSeconds: number) {
  const count = interactions(history);
  const small = count < 100_000;
  return {
    examples: small ? 4000 : 8000, judged: small ? 500 : 2000, candidates: small ? 300 : 120,
    judgedSeconds: maxSeconds * 0.4, finalSeconds: maxSeconds * 0.6, rankerSeconds: Math.max(4, maxSeconds * 0.25),
  };
}

const shareOf = ({ done, total }: TrainingProgress): number => (total === 0 ? 0 : done / total);

/** Reads the log, trains both models, judges them on the latest period and leaves their bundles in the object store. */
export async function train(task: TrainingTask, host: TrainingHost): Promise<TrainingOutcome> {
  const { onProgress, signal } = host;
  const objects = openObjectStore(task.objects);
  const wanted = [...task.features, ...await featuresOfChampion(task, objects)];
  const history = await readLog(task, { withProfiles: readsProfiles(wanted), onProgress: (share) => onProgress('reading the log', share) });
  const plan = sizes(history, task.maxSeconds);
  const total = interactions(history);
  const from = Math.floor(total * EXAMPLES_FROM);
  const judgedFrom = Math.floor(total * JUDGED_FROM);

  const early = await trainRetriever({
    history: before(history, from), maxSeconds: plan.judgedSeconds, onProgress: (progress) => onProgress('retriever for evaluation', shareOf(progress)), signal,
  });
  const names = featureNames(before(history, judgedFrom), wanted);
  const earlyTaste = trainTaste({ history: before(history, from), signal });
  const asked = { history, names, retriever: retrieverModel(early, CANDIDATE), taste: earlyTaste, candidates: plan.candidates, signal };
  const lessons = await collectExamples({ ...asked, from, to: judgedFrom, requests: plan.examples, thin: true, onProgress: (share) => onProgress('examples', share * 0.7) });
  const judged = await collectExamples({ ...asked, from: judgedFrom, to: total, requests: plan.judged, thin: false, onProgress: (share) => onProgress('examples', 0.7 + share * 0.3) });

  const ranker = await trainRankerStage({ examples: lessons, maxSeconds: plan.rankerSeconds, onProgress: (progress) => onProgress('ranker', shareOf(progress)), signal });
  const retriever = await trainRetriever({ history, maxSeconds: plan.finalSeconds, onProgress: (progress) => onProgress('retriever', shareOf(progress)), signal });

  onProgress('writing', 0);
  const popularity = quality(judged, judged.popularity);
  const retrieval = quality(judged, judged.retrievalScores);
  const system = quality(judged, await rankerScores(ranker.onnx, judged));
  const dataset = `log of ${new Date(history.timeMs[0]!).toISOString()} to ${new Date(history.timeMs[total - 1]!).toISOString()}, ${total} interactions${history.forgotten === 0 ? '' : ` (the newest of ${total + history.forgotten})`}`;
  const rivals = await championQualities(task, { objects, judged, asked: { ...asked, from: judgedFrom, to: total, requests: plan.judged, thin: false, onProgress: () => undefined } });
  const common = { 'popularity.ndcg@10': popularity.ndcg, 'judged.requests': requestCount(judged), interactions: total };
  const retrieverMetrics = { 'ndcg@10': retrieval.ndcg, 'hr@10': retrieval.hitRate, ...common };
  const rankerMetrics = { 'ndcg@10': system.ndcg, 'hr@10': system.hitRate, 'retrieval.ndcg@10': retrieval.ndcg, 'lessons.requests': requestCount(lessons), ...common };
  const models: TrainedBundle[] = [
    { model: 'retriever', ...await writeRetriever(objects, retriever, { dataset, metrics: retrieverMetrics }), metrics: retrieverMetrics, ...verdict(retrieval, rivals.retriever ?? { name: 'popularity', quality: popularity }) },
    { model: 'ranker', ...await writeRanker(objects, { ...ranker, features: names, taste: trainTaste({ history, signal }), goldenRows: judged.features.slice(0, GOLDEN_ROWS * names.length) }, { dataset, metrics: rankerMetrics }), metrics: rankerMetrics, ...verdict(system, rivals.ranker ?? { name: 'retrieval', quality: retrieval }) },
  ];
  onProgress('writing', 1);
  return {
    models,
    metrics: {
      'popularity.ndcg@10': popularity.ndcg, 'retriever.ndcg@10': retrieval.ndcg, 'retriever.hr@10': retrieval.hitRate, 'system.ndcg@10': system.ndcg, 'system.hr@10': system.hitRate,
      'judged.requests': requestCount(judged), interactions: total,
    },
  };
}

/** What the champion ranker is given; nothing where there is none, or it can't be read. */
async function featuresOfChampion({ champions: { ranker } }: TrainingTask, objects: ObjectStore): Promise<readonly string[]> {
  if (ranker === undefined) return [];
  return await attempt(async () => (await readBundle(objects, ranker.bundle, ranker.digest)).manifest.features) ?? [];
}

function verdict(fresh: Quality, against: { readonly name: string; readonly quality: Quality }) {
  const { promoted, verdict: sentence } = judge(fresh, against);
  return { promoted, verdict: sentence };
}

interface RivalsParts {
  readonly objects: ObjectStore;
  readonly judged: Examples;
  readonly asked: Parameters<typeof collectExamples>[0];
}

/** How the champions do on the same requests; one that can't be asked is no rival. */
async function championQualities({ champions }: TrainingTask, { objects, judged, asked }: RivalsParts) {
  const retriever = champions.retriever === undefined ? undefined : await attempt(async () => {
    const model = await loadRetriever(objects, champions.retriever!);
    const examples = await collectExamples({ ...asked, retriever: model });
    return { name: champions.retriever!.name, quality: quality(examples, examples.retrievalScores) };
  });
  const ranker = champions.ranker === undefined ? undefined : await attempt(async () => {
    const bundle = await readBundle(objects, champions.ranker!.bundle, champions.ranker!.digest);
    const { features = [] } = bundle.manifest;
    if (!features.every((name) => judged.names.includes(name))) return undefined;
    return { name: champions.ranker!.name, quality: quality(judged, await bundleScores(bundle, judged, { wanted: features })) };
  });
  return { retriever, ranker };
}

function loadRetriever(objects: ObjectStore, { name, bundle, digest }: Champion): Promise<RetrieverModel> {
  const [model, version] = name.split('@');
  return new BundleRetrieverLoader(objects).load({ tenant: 'training', name: model!, version: Number(version), bundle, digest });
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
