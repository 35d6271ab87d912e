import type { ItemColumns } from '@serendip/shared-catalogue';
import { UserStateView } from '@serendip/shared-layouts';
import { Batcher } from './batcher.js';
import { BufferPool } from './buffer-pool.js';
import { FeatureComputer, type FeatureCandidates, type FeatureContext } from './feature-computer.js';
import type { RankerRuntime } from './ranker-runtime.js';
import { Taste, type TasteTable } from './taste.js';

export interface RankerSpec {
  /** name@version. */
  readonly name: string;
  readonly features: readonly string[];
  /** Heads in the model's order with their weight in its own objective. */
  readonly heads: readonly { readonly name: string; readonly weight: number }[];
  /** Means of the features in the training set: what a contribution is measured against. */
  readonly means: Float32Array;
  /** Bytes of the graph's files, for each session, and of what else it keeps. */
  readonly bytes: number;
  /** What `taste_score` is computed from; absent for a ranker that doesn't look at it. */
  readonly taste?: TasteTable;
}

export interface RankQuery {
  readonly state: UserStateView;
  readonly columns: ItemColumns;
  readonly candidates: FeatureCandidates;
  readonly context: FeatureContext;
  /** Weight of each head by name; empty means the ranker's own objective. */
  readonly objective: readonly { readonly head: string; readonly weight: number }[];
  /** Feature rows to answer, of the best candidates; 0 for none. */
  readonly featureRows: number;
}

export interface RankOutcome {
  /** One for each candidate, in order. */
  readonly scores: Float32Array;
  /** Feature rows of the best candidates, best first. */
  readonly rows?: { readonly ordinals: Int32Array; readonly features: Float32Array };
}

/** What makes feature rows score as they do. */
export interface RowExplanation {
  /** Weight of each head in the objective that was used. */
  readonly weights: Float32Array;
  /** Row-major, rows × heads. */
  readonly headScores: Float32Array;
  /** Row-major, rows × features: how much lower the score is when the feature has its mean (occlusion). */
  readonly contributions: Float32Array;
  /** Score of a row in which every feature has its mean. */
  readonly baseline: number;
}

const MAX_ROWS = 4096;
const WARM_UP_ROWS = 300;
const WARM_UP_RUNS = 60;
/** Rows that an explanation runs at a time: about a request's candidates, which is what others may have to wait for. */
const OCCLUDED_AT_ONCE = 512;

/** One loaded ranker version: features in, one score for each candidate out. */
export class Ranker {
  private readonly computer: FeatureComputer;
  private readonly batcher: Batcher;
  private readonly taste: Taste | undefined;
  private readonly buffers = new BufferPool();

  /** @param maxDelayMs how long a request may wait for others to share its run, milliseconds. */
  constructor(readonly spec: RankerSpec, private readonly runtime: RankerRuntime, maxDelayMs = 0) {
    this.computer = new FeatureComputer(spec.features);
    this.taste = spec.taste === undefined ? undefined : new Taste(spec.taste);
    this.batcher = new Batcher(runtime, { features: spec.features.length, heads: spec.heads.length, maxRows: MAX_ROWS, maxDelayMs, sessions: runtime.sessions });
  }

  get runtimeName(): string {
    return this.runtime.name;
  }

  get device(): string {
    return this.runtime.device;
  }

  /** How long its runs have taken since it was loaded, added up over those at the same time. */
  get busySeconds(): number {
    return this.batcher.busySeconds;
  }

  get queuedRows(): number {
    return this.batcher.queuedRows;
  }

  /**
   * Ranks requests as they came, or made-up ones over a catalogue where there are none, so that the first real one finds everything compiled and set up, and measures how large runs
   * should be. Throws RangeError when a score is no number: such a version must not serve.
   */
  async warmUp({ columns, nowMs, requests }: { readonly columns: ItemColumns; readonly nowMs: number; readonly requests: readonly RankQuery[] }): Promise<void> {
    const tried = requests.length > 0 ? requests : [madeUp(columns, nowMs)];
    for (let run = 0; run < WARM_UP_RUNS; run++) {
      const { scores } = await this.rank({ ...tried[run % tried.length]!, objective: [], featureRows: 0 });
      const bad = scores.findIndex((score) => !Number.isFinite(score));
      if (bad >= 0) throw new RangeError(`it scored a candidate ${scores[bad]} in ${requests.length > 0 ? 'a request as it came lately' : 'a made-up request'}`);
    }
    await this.batcher.calibrate();
  }

  /** Scores of feature rows that the caller brings: row-major, rows × features in, rows × heads out. `rows` may be used again once it has answered. Throws RangeError for part of a row. */
  scoreRows(rows: Float32Array): Promise<Float32Array> {
    const width = this.spec.features.length;
    if (rows.length % width !== 0) return Promise.reject(new RangeError(`Rows of this ranker have ${width} features.`));
    return this.batcher.score(rows);
  }

  async rank(query: RankQuery): Promise<RankOutcome> {
    const buffer = this.buffers.take(query.candidates.ordinals.length * this.spec.features.length);
    try {
      return await this.rankIn(buffer, query);
    } finally {
      this.buffers.giveBack(buffer);
    }
  }

  /** Ranks with the features in `buffer`, which may be used again afterwards. */
  private async rankIn(buffer: Float32Array<ArrayBuffer>, query: RankQuery): Promise<RankOutcome> {
    const { state, columns, candidates } = query;
    const tasteScores = this.taste?.score(state, columns, candidates.ordinals);
    const features = this.computer.compute(state, columns, tasteScores === undefined ? candidates : { ...candidates, tasteScores }, query.context, buffer);
    const scores = combine(await this.batcher.score(features), this.weights(query.objective));
    if (query.featureRows === 0) return { scores };
    const best = bestOf(scores, query.featureRows);
    const width = this.spec.features.length;
    const rows = new Float32Array(best.length * width);
    best.forEach((candidate, i) => rows.set(features.subarray(candidate * width, (candidate + 1) * width), i * width));
    return { scores, rows: { ordinals: best.map((candidate) => query.candidates.ordinals[candidate]!), features: rows } };
  }

  /** Explains feature rows, row-major. Each costs a run of one more row than there are features. Throws RangeError for part of a row. */
  async explain(rows: Float32Array, objective: RankQuery['objective']): Promise<RowExplanation> {
    const { heads, means } = this.spec;
    const width = means.length;
    if (rows.length % width !== 0) throw new RangeError(`Rows of this ranker have ${width} features.`);
    const weights = this.weights(objective);
    const [baseline] = combine(await this.batcher.score(means), weights);
    const headScores = new Float32Array((rows.length / width) * heads.length);
    const contributions = new Float32Array(rows.length);
    const atOnce = Math.max(1, Math.floor(OCCLUDED_AT_ONCE / (width + 1))) * width;
    for (let from = 0; from < rows.length; from += atOnce) {
      const some = rows.subarray(from, from + atOnce);
      const answered = await this.batcher.score(occluded(some, means));
      const scores = combine(answered, weights);
      for (let row = 0; row * width < some.length; row++) {
        const at = row * (width + 1);
        headScores.set(answered.subarray(at * heads.length, (at + 1) * heads.length), (from / width + row) * heads.length);
        for (let feature = 0; feature < width; feature++) contributions[from + row * width + feature] = scores[at]! - scores[at + 1 + feature]!;
      }
    }
    return { weights, headScores, contributions, baseline: baseline! };
  }

  async close(): Promise<void> {
    await this.runtime.close();
  }

  private weights(objective: RankQuery['objective']): Float32Array {
    const { heads } = this.spec;
    if (objective.length === 0) return Float32Array.from(heads, ({ weight }) => weight);
    return Float32Array.from(heads, ({ name }) => objective.find(({ head }) => head === name)?.weight ?? 0);
  }
}

function madeUp(columns: ItemColumns, nowMs: number): RankQuery {
  const ordinals = columns.ordinal.slice(0, Math.min(columns.size, WARM_UP_ROWS));
  const nothing = new Float32Array(ordinals.length);
  return { state: new UserStateView(new Uint8Array(0)), columns, candidates: { ordinals, scores: nothing, personalScores: nothing, nextScores: nothing }, context: { nowMs }, objective: [], featureRows: 0 };
}

/** Each row as it is, and then with each of its features in turn at its mean. */
function occluded(rows: Float32Array, means: Float32Array): Float32Array {
  const width = means.length;
  const made = new Float32Array((rows.length / width) * (width + 1) * width);
  for (let from = 0, to = 0; from < rows.length; from += width) {
    const row = rows.subarray(from, from + width);
    made.set(row, to);
    to += width;
    for (let feature = 0; feature < width; feature++, to += width) {
      made.set(row, to);
      made[to + feature] = means[feature]!;
    }
  }
  return made;
}

function combine(headScores: Float32Array, weights: Float32Array): Float32Array {
  const scores = new Float32Array(headScores.length / weights.length);
  for (let row = 0; row < scores.length; row++) {
    let score = 0;
    for (let head = 0; head < weights.length; head++) score += weights[head]! * headScores[row * weights.length + head]!;
    scores[row] = score;
  }
  return scores;
}

function bestOf(scores: Float32Array, count: number): Int32Array {
  const order = Int32Array.from(scores, (_, i) => i);
  const key = (i: number): number => (Number.isFinite(scores[i]) ? scores[i]! : -Infinity);
  return order.sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a))).subarray(0, count);
}
