import { FeatureComputer, Taste, type TasteTable } from '@serendip/ranking-domain';
import { CandidateRetriever, RetrieverSet, type RetrieverModel } from '@serendip/retrieval-domain';
import { UserStateView, engagementWeight, eventTypeCode, eventTypeMask } from '@serendip/shared-layouts';
import { throwIfCancelled, type CancelSignal } from '@serendip/training-domain';
import type { History } from '../dataset/history.js';
import { Replay } from './replay.js';

/** Requests with their candidates, as they would have been ranked, and what came of them. */
export interface Examples {
  /** Group g is the rows `offsets[g] … offsets[g + 1])`, in retrieval's order. */
  readonly offsets: Int32Array;
  /** Names of the features' columns. */
  readonly names: readonly string[];
  /** Row-major, a column for each name. */
  readonly features: Float32Array;
  /** Row-major, HEADS wide: 1 where it came true. */
  readonly labels: Float32Array;
  /** How many candidates each row stands for: 1, or more where others like it were thinned out. */
  readonly weights: Float32Array;
  /** Retrieval's own score of each row. */
  readonly retrievalScores: Float32Array;
  /** log(1 + popularity) of each row. */
  readonly popularity: Float32Array;
  /** What each group had to find, whether or not it was among the candidates. */
  readonly targets: Int32Array;
}

/** What is predicted of each candidate: any engagement, and one that is worth more than a look. */
export const HEADS = ['engage', 'value'] as const;

export interface ExamplesTask {
  readonly history: History;
  readonly names: readonly string[];
  readonly retriever: RetrieverModel;
  readonly taste: TasteTable;
  /** Places in time order between which requests are made up: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** Most requests. */
  readonly requests: number;
  /** Candidates kept of each request. */
  readonly candidates: number;
  /** Whether candidates that were neither right nor near the top are thinned out, as training wants and evaluation must not have. */
  readonly thin: boolean;
  readonly onProgress: (share: number) => void;
  readonly signal: CancelSignal;
}

const TENANT = 'training';
const HORIZON_EVENTS = 10;
const HORIZON_MS = 24 * 3_600_000;
const KEPT_TOP = 30;
const EVERYTHING = 0xfffffffe;
const VALUABLE = eventTypeMask(['add_to_cart', 'purchase', 'like']);
const RATING = eventTypeCode('rating');
const IMPRESSION = eventTypeCode('impression');

/** What `home` asks for out of the box. */
const CANDIDATES = 300;
const sources = [
  { name: 'personal', limit: 150 }, { name: 'next', limit: 80 }, { name: 'trending', limit: 20 }, { name: 'popular', limit: 40 }, { name: 'new', limit: 10 },
].map((source) => ({ ...source, window: '', timeoutMs: 0 }));

interface Labels {
  readonly engaged: ReadonlySet<number>;
  readonly valued: ReadonlySet<number>;
}

/** Replays the log and, at evenly spread moments, asks retrieval what it would have answered, knowing only what had happened by then. */
export async function collectExamples(task: ExamplesTask): Promise<Examples> {
  const { history, from, to, requests, signal } = task;
  const replay = new Replay(history);
  const retriever = await retrieverOver(task.retriever, replay);
  const collector = new Collector(task, replay, retriever);
  const stride = Math.max(1, Math.floor((to - from) / requests));
  let asked = 0;
  for (let at = from; at < to && asked < requests; at += stride) {
    throwIfCancelled(signal);
    replay.advance(at);
    const labels = labelsAt(history, at, replay);
    if (labels.engaged.size === 0) continue;
    await collector.ask(at, labels);
    asked++;
    if (asked % 50 === 0) task.onProgress((at - from) / (to - from));
  }
  task.onProgress(1);
  return collector.examples();
}

async function retrieverOver(model: RetrieverModel, replay: Replay): Promise<CandidateRetriever> {
  const clock = replay.clock;
  const [name, version] = model.reference.split('@');
  const retrievers = new RetrieverSet({ loader: { load: async () => model }, catalogues: replay, clock });
  await retrievers.update([{ tenant: TENANT, name: name!, version: Number(version), bundle: '', digest: '' }]);
  return new CandidateRetriever({ catalogues: replay, retrievers, clock });
}

/** What the user of an event did next that was new to them. */
function labelsAt({ user, item, type, value, timeMs }: History, at: number, replay: Replay): Labels {
  const engaged = new Set<number>();
  const valued = new Set<number>();
  let found = 0;
  for (let i: number = at; i >= 0 && found < HORIZON_EVENTS && timeMs[i]! - timeMs[at]! <= HORIZON_MS; i = replay.nextOfUser(i)) {
    if (user[i] !== user[at]) break;
    if (type[i] === IMPRESSION) continue;
    found++;
    if (replay.hasSeen(user[at]!, item[i]!) || engagementWeight(type[i]!, value[i]!) <= 0) continue;
    engaged.add(item[i]!);
    if ((VALUABLE >>> type[i]!) & 1 || (type[i] === RATING && value[i]! >= 4)) valued.add(item[i]!);
  }
  return { engaged, valued };
}

class Collector {
  private readonly computer: FeatureComputer;
  private readonly taste: Taste;
  private readonly parts: { features: Float32Array; labels: Float32Array; weights: Float32Array; scores: Float32Array; popularity: Float32Array; targets: number }[] = [];

  constructor(private readonly task: ExamplesTask, private readonly replay: Replay, private readonly retriever: CandidateRetriever) {
    this.computer = new FeatureComputer(task.names);
    this.taste = new Taste(task.taste);
  }

  async ask(at: number, { engaged, valued }: Labels): Promise<void> {
    const { history, names, candidates, thin } = this.task;
    const nowMs = history.timeMs[at]!;
    const userState = this.replay.userState(history.user[at]!);
    const found = await this.retriever.retrieve({
      tenant: TENANT, userState, retriever: this.task.retriever.reference, sources, seedItemIds: [], givenItemIds: [], excludeItemIds: [],
      seenTypes: EVERYTHING, categories: [], limit: CANDIDATES, nowMs,
    }, { deadlineMs: Infinity, signal: new AbortController().signal });
    const { kept, weights } = this.choose(found.ordinals, engaged, thin ? candidates : found.ordinals.length);
    if (thin && !kept.some((i) => engaged.has(found.ordinals[i]!))) return;
    const state = new UserStateView(userState);
    const ordinals = Int32Array.from(kept, (i) => found.ordinals[i]!);
    const columns = {
      ordinals, tasteScores: this.taste.score(state, this.replay.view().columns, ordinals), scores: Float32Array.from(kept, (i) => found.scores[i]!),
      personalScores: Float32Array.from(kept, (i) => found.personalScores[i]!), nextScores: Float32Array.from(kept, (i) => found.nextScores[i]!),
    };
    const labels = new Float32Array(kept.length * HEADS.length);
    columns.ordinals.forEach((ordinal, i) => {
      labels[i * HEADS.length] = engaged.has(ordinal) ? 1 : 0;
      labels[i * HEADS.length + 1] = valued.has(ordinal) ? 1 : 0;
    });
    const features = this.computer.compute(state, this.replay.view().columns, columns, { nowMs, visit: history.visits[history.visit[at]!] });
    const popularity = names.indexOf('popularity_30d');
    this.parts.push({
      features, labels, weights, scores: columns.scores, targets: engaged.size,
      popularity: Float32Array.from(kept, (_, i) => features[i * names.length + popularity]!),
    });
  }

  examples(): Examples {
    const offsets = new Int32Array(this.parts.length + 1);
    this.parts.forEach(({ scores }, i) => { offsets[i + 1] = offsets[i]! + scores.length; });
    const join = (name: 'features' | 'labels' | 'weights' | 'scores' | 'popularity'): Float32Array => {
      const all = new Float32Array(this.parts.reduce((sum, part) => sum + part[name].length, 0));
      let at = 0;
      for (const part of this.parts) {
        all.set(part[name], at);
        at += part[name].length;
      }
      return all;
    };
    return {
      offsets, names: this.task.names, features: join('features'), labels: join('labels'), weights: join('weights'), retrievalScores: join('scores'), popularity: join('popularity'),
      targets: Int32Array.from(this.parts, ({ targets }) => targets),
    };
  }

  /** The top, everything that came true, and an even share of the rest, each of which stands for those left out beside it. */
  private choose(ordinals: Int32Array, engaged: ReadonlySet<number>, count: number): { readonly kept: readonly number[]; readonly weights: Float32Array } {
    if (ordinals.length <= count) return { kept: Array.from(ordinals, (_, i) => i), weights: new Float32Array(ordinals.length).fill(1) };
    const step = (ordinals.length - KEPT_TOP) / Math.max(1, count - KEPT_TOP);
    const sampled = new Set(Array.from({ length: Math.max(0, count - KEPT_TOP) }, (_, i) => KEPT_TOP + Math.floor(i * step)));
    const kept = Array.from(ordinals, (_, i) => i).filter((i) => i < KEPT_TOP || engaged.has(ordinals[i]!) || sampled.has(i));
    return { kept, weights: Float32Array.from(kept, (i) => (i < KEPT_TOP || engaged.has(ordinals[i]!) ? 1 : step)) };
  }
}

/** Requests that were made up. */
export const requestCount = ({ offsets }: Examples): number => offsets.length - 1;

