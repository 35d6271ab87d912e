import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CheckFailed, CheckSkipped, scoreRows, type CheckOptions, type IsolatedModel, type Passed } from '@serendip/models-adapters';
import { resolveModel } from '@serendip/platform-config';
import type { BundleManifest } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { retrieverDimension } from '@serendip/retrieval-adapters';
import { control } from '@serendip/shared-contracts';
import type { LogToRead } from '../../dataset/read-log.js';
import type { Champion } from '../../run/task.js';
import { judge, quality } from '../../stages/evaluate.js';
import { requestCount } from '../../stages/examples.js';
import type { JudgedRequests, EvaluationTask } from './judged-requests.js';
import type { EvaluationMessage } from './worker.js';

/** Whose models are judged while they are trained, on data that they have not seen. */
const TRAINER = 'trainer';

type Version = Pick<control.ModelVersion, 'name' | 'version' | 'bundle' | 'digest'>;

export interface EvaluationParts extends Omit<LogToRead, 'tenant'> {
  /** Where the bundles of versions are. */
  readonly bundles: ObjectStore;
}

/** How a version is held against its champion: a ranker on the latest part of the log, in the place of the one that ranks `home` now. An item encoder must be for a retriever version that there is, and give vectors like its. */
export function evaluation(tenant: control.Tenant, version: Version, { bundles, ...log }: EvaluationParts): NonNullable<CheckOptions['evaluate']> {
  return async ({ manifest }, model) => {
    if (manifest.kind === 'item-encoder') return itsRetriever(tenant, manifest, bundles);
    if (manifest.kind !== 'ranker' || model === undefined) throw new CheckSkipped(`A ${manifest.kind} is not held against another one here.`);
    if (manifest.owner === TRAINER) throw new CheckSkipped('It was judged when it was trained.');
    const candidate: Champion = { name: `${version.name}@${version.version}`, bundle: version.bundle, digest: version.digest };
    const champion = championOf(tenant, 'ranker');
    const retriever = championOf(tenant, 'retriever');
    if (champion === undefined || retriever === undefined) throw new CheckSkipped('There is no champion to hold it against.');
    if (champion.digest === candidate.digest) throw new CheckSkipped('It is the champion.');
    return judgeRanker(await requestsOf({ ...log, tenant: tenant.id, candidate, champion, retriever }), { model, manifest, against: champion.name });
  };
}

/** The retriever version that an item encoder is for. Throws CheckFailed where there is none, or its vectors have another dimension. */
async function itsRetriever({ id: tenant, models, aliases }: control.Tenant, { retriever, signature }: Pick<BundleManifest, 'retriever' | 'signature'>, bundles: ObjectStore): Promise<Passed> {
  const found = models.find(({ kind, digest }) => kind === control.ModelKind.RETRIEVER && digest === retriever!.digest);
  if (found === undefined) throw new CheckFailed(`No retriever version here has the digest ${retriever!.digest} of ${retriever!.name}: it would encode nothing. Train it for one that \`serendip model list\` shows.`);
  const name = `${found.name}@${found.version}`;
  const [own, its] = [signature?.outputs[0]?.shape[1], await retrieverDimension(bundles, { tenant, ...found })];
  if (own !== its) throw new CheckFailed(`Its vectors have ${own} values, and those of ${name} have ${its}: it would encode nothing. Train it on the vectors of ${name}.`, { dimension: Number(own), 'retriever.dimension': its });
  const isChampion = aliases.some(({ model, alias, version }) => alias === 'champion' && model === found.name && version === found.version);
  return { detail: `It is for ${name}, ${isChampion ? 'which is champion' : 'which is not champion: it encodes items once that serves'}.`, figures: { dimension: its } };
}

interface Candidate {
  readonly model: Pick<IsolatedModel, 'run'>;
  readonly manifest: Pick<BundleManifest, 'heads'>;
  /** name@version of the champion. */
  readonly against: string;
}

/** Throws CheckFailed for a model that is worse than the champion by more than chance explains. */
export async function judgeRanker({ examples, championScores }: JudgedRequests, { model, manifest, against }: Candidate): Promise<Passed> {
  const fresh = quality(examples, await scoreRows(model, { features: examples.features, width: examples.names.length, heads: manifest.heads ?? [] }));
  const champion = quality(examples, championScores);
  const { difference: { mean, low, high } } = judge(fresh, { name: against, quality: champion });
  const figures = { 'ndcg@10': fresh.ndcg, 'hr@10': fresh.hitRate, 'champion.ndcg@10': champion.ndcg, difference: mean, 'difference.low': low, 'difference.high': high, requests: requestCount(examples) };
  const words = `NDCG@10 ${fresh.ndcg.toFixed(4)}, ${against} ${champion.ndcg.toFixed(4)}: difference ${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}] over ${requestCount(examples)} requests of the latest part of the log, which either may have been trained on.`;
  if (high < 0) throw new CheckFailed(`It is worse than the champion beyond chance. ${words} Try it in a shadow or on a small share before it takes over.`, figures);
  return { detail: words, figures };
}

function championOf(tenant: control.Tenant, kind: 'ranker' | 'retriever'): Champion | undefined {
  const name = resolveModel(tenant, tenant.placements.find((placement) => placement.name === 'home')?.[kind] ?? '');
  const version = tenant.models.find((model) => `${model.name}@${model.version}` === name);
  return version === undefined ? undefined : { name, bundle: version.bundle, digest: version.digest };
}

/** Reads the log and makes the requests on a thread of their own. */
async function requestsOf(task: EvaluationTask): Promise<JudgedRequests> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { task }, name: 'evaluation' });
  try {
    const [message] = await once(worker, 'message') as [EvaluationMessage];
    if (message.kind === 'done') return message.requests;
    throw new CheckSkipped(`It could not be held against the champion (${message.reason}): ${message.message}`);
  } finally {
    await worker.terminate();
  }
}
