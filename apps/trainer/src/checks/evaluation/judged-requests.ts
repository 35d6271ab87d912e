import { readBundle } from '@serendip/platform-bundles';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { readTaste } from '@serendip/ranking-adapters';
import type { TasteTable } from '@serendip/ranking-domain';
import { BundleRetrieverLoader } from '@serendip/retrieval-adapters';
import { interactions } from '../../dataset/history.js';
import { readLog, type LogToRead } from '../../dataset/read-log.js';
import type { Champion } from '../../run/task.js';
import { collectExamples, type Examples } from '../../stages/examples.js';
import { readsProfiles } from '../../stages/feature-names.js';
import { bundleScores } from '../../stages/score-examples.js';

/** The last part of the log, by interactions. */
const JUDGED_FROM = 0.92;
const REQUESTS = 500;
const NO_TASTE: TasteTable = { items: [], width: 0, ids: new Int32Array(0), weights: new Float32Array(0) };

/** What is to be judged, and against what. Only what can be cloned between threads. */
export interface EvaluationTask extends LogToRead {
  readonly retriever: Champion;
  readonly champion: Champion;
  readonly candidate: Champion;
}

export interface JudgedRequests {
  /** With the candidate's features. */
  readonly examples: Examples;
  /** Of the same rows, by the champion. */
  readonly championScores: Float32Array;
}

/** Requests at moments of the latest part of the log, with the champion's retriever, as both rankers would have been given them. */
export async function judgedRequests(task: EvaluationTask): Promise<JudgedRequests> {
  const objects = openObjectStore(task.objects);
  const [champion, candidate] = await Promise.all([read(objects, task.champion), read(objects, task.candidate)]);
  const history = await readLog(task, { withProfiles: readsProfiles([...champion.features, ...candidate.features]), onProgress: () => undefined });
  const to = interactions(history);
  const retriever = await new BundleRetrieverLoader(objects).load({ tenant: task.tenant, ...split(task.retriever) });
  const asked = { history, retriever, from: Math.floor(to * JUDGED_FROM), to, requests: REQUESTS, candidates: 0, thin: false, onProgress: () => undefined, signal: { aborted: false } };
  const championExamples = await collectExamples({ ...asked, names: champion.features, taste: champion.taste });
  return {
    examples: await collectExamples({ ...asked, names: candidate.features, taste: candidate.taste }),
    championScores: await bundleScores(champion.bundle, championExamples),
  };
}

async function read(objects: ObjectStore, { bundle: key, digest }: Champion) {
  const bundle = await readBundle(objects, key, digest);
  return { bundle, features: bundle.manifest.features ?? [], taste: await readTaste(bundle) ?? NO_TASTE };
}

function split({ name: reference, bundle, digest }: Champion) {
  const [name, version] = reference.split('@');
  return { name: name!, version: Number(version), bundle, digest };
}
