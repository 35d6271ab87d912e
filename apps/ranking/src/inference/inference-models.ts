import type { ConfigWatcher } from '@serendip/platform-config';
import type { LiveRankers } from '@serendip/ranking-adapters';
import type { Ranker } from '@serendip/ranking-domain';
import { DomainError } from '@serendip/shared-errors';
import type { RankingMetrics } from '../ranking.metrics.js';

/** The one input and the one output of every ranker, as the Open Inference Protocol has them. */
export const INPUT = 'features';
export const OUTPUT = 'scores';
export const DATATYPE = 'FP32';

const DEFAULT_TENANT = 'default';
/** Largest request: an answer to everybody else waits for it. */
const MOST_ROWS = 16_384;

export interface InferenceInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

export interface InferenceRequest {
  /** A model of the tenant `default`, or tenant.model. */
  readonly model: string;
  /** Empty for the champion, or the newest that is loaded. */
  readonly version: string;
  readonly inputs: readonly InferenceInput[];
  /** Names of the outputs that are wanted; none for all. */
  readonly outputs: readonly string[];
}

export interface InferenceResult {
  readonly version: string;
  /** Rows × heads. */
  readonly shape: readonly [number, number];
  readonly data: Float32Array;
}

export interface ModelDescription {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly features: number;
  readonly heads: readonly string[];
}

/** The loaded ranker versions under the names of the Open Inference Protocol. Throws NOT_FOUND/RANKER_NOT_LOADED for others. */
export class InferenceModels {
  constructor(private readonly rankers: Pick<LiveRankers, 'all'>, private readonly watcher: Pick<ConfigWatcher, 'current'>, private readonly metrics: RankingMetrics) {}

  isLoaded(model: string, version: string): boolean {
    return this.find(model, version) !== undefined;
  }

  describe(model: string, version: string): ModelDescription {
    const { spec, runtimeName } = this.loaded(model, version);
    return { name: model, versions: [...this.versions(model).keys()], platform: runtimeName, features: spec.features.length, heads: spec.heads.map(({ name }) => name) };
  }

  /** Throws INVALID_ARGUMENT/INFERENCE_INVALID. */
  async infer({ model, version, inputs, outputs }: InferenceRequest): Promise<InferenceResult> {
    const ranker = this.loaded(model, version);
    const { features, heads, name } = ranker.spec;
    const [input] = inputs;
    const [rows = 0, width] = input?.shape ?? [];
    if (inputs.length !== 1 || input!.name !== INPUT || input!.datatype !== DATATYPE || input!.shape.length !== 2 || width !== features.length || rows < 1 || rows > MOST_ROWS) {
      throw invalid(`${name} takes one input, '${INPUT}' ${DATATYPE} [rows, ${features.length}] of 1 to ${MOST_ROWS} rows`);
    }
    if (input!.data.length !== rows * width) throw invalid(`[${rows}, ${width}] are ${rows * width} numbers, not ${input!.data.length}`);
    const unknown = outputs.find((output) => output !== OUTPUT);
    if (unknown !== undefined) throw invalid(`${name} answers '${OUTPUT}', not '${unknown}'`);
    const began = performance.now();
    try {
      const data = await ranker.scoreRows(input!.data);
      this.metrics.ranked(name, { rows, seconds: (performance.now() - began) / 1000 });
      return { version: versionOf(ranker), shape: [rows, heads.length], data };
    } catch (error) {
      this.metrics.failed(name, 'INTERNAL');
      throw error;
    }
  }

  private loaded(model: string, version: string): Ranker {
    const found = this.find(model, version);
    if (found !== undefined) return found;
    const names = this.rankers.all.map(({ tenant, ranker }) => (tenant === DEFAULT_TENANT ? '' : `${tenant}.`) + ranker.spec.name);
    throw new DomainError('NOT_FOUND', 'RANKER_NOT_LOADED', `${model}${version === '' ? '' : `@${version}`} is not loaded here. Loaded are: ${names.join(', ') || 'none'}.`);
  }

  private find(model: string, version: string): Ranker | undefined {
    const versions = this.versions(model);
    if (version !== '') return versions.get(version);
    const { tenant, name } = parted(model);
    const champion = this.watcher.current.tenants.find(({ id }) => id === tenant)?.aliases.find((alias) => alias.model === name && alias.alias === 'champion');
    return versions.get(String(champion?.version)) ?? [...versions].sort(([a], [b]) => Number(b) - Number(a))[0]?.[1];
  }

  private versions(model: string): ReadonlyMap<string, Ranker> {
    const { tenant, name } = parted(model);
    const ofModel = this.rankers.all.filter((loaded) => loaded.tenant === tenant && loaded.ranker.spec.name.startsWith(`${name}@`));
    return new Map(ofModel.map(({ ranker }) => [versionOf(ranker), ranker]));
  }
}

const versionOf = ({ spec: { name } }: Ranker): string => name.slice(name.lastIndexOf('@') + 1);

function parted(model: string): { readonly tenant: string; readonly name: string } {
  const at = model.lastIndexOf('.');
  return at < 0 ? { tenant: DEFAULT_TENANT, name: model } : { tenant: model.slice(0, at), name: model.slice(at + 1) };
}

export function invalid(why: string): DomainError {
  return new DomainError('INVALID_ARGUMENT', 'INFERENCE_INVALID', `This inference can not be made: ${why}.`);
}
