import type { Check } from '@serendip/models-adapters';
import type { Prices } from '@serendip/platform-config/prices';
import type { Interval } from '@serendip/training-domain';
import { apart, compared, evaluate, judged } from '../../evaluation/evaluate.js';
import type { Slates } from '../../evaluation/slates.js';
import { checkFolder } from '../check-folder.js';
import type { ModelFolder } from '../model-folder.js';
import { rankerScores } from '../ranker-scores.js';

/** What a model takes, as the checks measure it on this machine. */
export interface Footprint {
  readonly bytes: number;
  readonly p50Ms: number;
  readonly costPerMillion: number;
  readonly memoryMiB: number;
}

/** How far scores are apart, row by row. */
export interface Apart {
  readonly rows: number;
  readonly mean: number;
  readonly max: number;
}

export interface Comparison {
  /** Of the runs that latency and cost are of. */
  readonly rows: number;
  readonly parent: Footprint;
  readonly model: Footprint;
  readonly scores: Apart;
  /** On slates: what each does, and the difference with its 95 % interval. */
  readonly ndcg?: { readonly slates: number; readonly parent: number; readonly model: number; readonly difference: Interval };
  readonly checks: readonly Check[];
}

/** A compressed model beside its parent. The slates are those to judge both on; without them scores are compared on the golden inputs. */
export async function compare(parent: ModelFolder, model: ModelFolder, { slates, prices }: { readonly slates: Slates | undefined; readonly prices: Prices }): Promise<Comparison> {
  const before = await checkFolder(parent, { prices });
  const checks = await checkFolder(model, { prices });
  const rows = parent.model.kind === 'ranker' ? 500 : 1;
  const common = { rows, checks, parent: await footprint(parent, before, rows), model: await footprint(model, checks, rows) };
  if (slates === undefined) return { ...common, scores: apart(await goldenOutputs(model), await goldenOutputs(parent)) };
  const [one, other] = [await rankerScores(parent, slates), await rankerScores(model, slates)];
  const judgedSlates = judged(slates);
  const [a, b] = [evaluate(judgedSlates, one), evaluate(judgedSlates, other)];
  return {
    ...common, scores: apart(other, one),
    ndcg: {
      slates: judgedSlates.answered.length, parent: a.quality['ndcg@10'].mean, model: b.quality['ndcg@10'].mean,
      difference: compared(b.values['ndcg@10'], a.values['ndcg@10'], judgedSlates),
    },
  };
}

async function footprint(folder: ModelFolder, checks: readonly Check[], rows: number): Promise<Footprint> {
  const figures: Readonly<Record<string, number>> = Object.assign({}, ...checks.filter(({ name }) => name === 'latency').map((check) => check.figures));
  return { bytes: (await folder.read('model.onnx')).length, p50Ms: figures[`rows${rows}.p50Ms`] ?? NaN, costPerMillion: figures[`rows${rows}.costPerMillion`] ?? NaN, memoryMiB: figures['memoryMiB'] ?? NaN };
}

/** All outputs of golden.jsonl, which both models were run for. */
async function goldenOutputs({ read }: ModelFolder): Promise<readonly number[]> {
  const lines = Buffer.from(await read('golden.jsonl')).toString().split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line) => Object.values((JSON.parse(line) as { outputs: Record<string, readonly unknown[]> }).outputs).flatMap((output) => output.flat(Infinity).map(Number)));
}
