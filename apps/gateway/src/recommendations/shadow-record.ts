import type { Recommendation } from '@serendip/serving-domain';

/** Answers whose times are kept, the newest. */
const MOST_TIMES = 1000;

/** What was seen of a placement's shadow: counts since it began here, and times of the last 1,000 answers in milliseconds. */
export interface ShadowReport {
  /** name@version; empty for the one that served. */
  readonly retriever: string;
  readonly ranker: string;
  readonly since: string;
  /** Made, and compared with what was served. */
  readonly answers: number;
  /** Of these, with something left out. */
  readonly degraded: number;
  readonly failed: number;
  /** Not made, because there was too much to do. */
  readonly dropped: number;
  /** Mean share of the served items that the shadow would have shown too, 0 to 1; absent without answers. */
  readonly overlap?: number;
  /** Share of answers with the same first item. */
  readonly sameFirst?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly servedP50Ms?: number;
}

/** Adds up how one pair of versions does as a placement's shadow. */
export class ShadowRecord {
  dropped = 0;
  failed = 0;
  private readonly since = new Date().toISOString();
  private answers = 0;
  private degraded = 0;
  private overlaps = 0;
  private sameFirst = 0;
  private readonly times: number[] = [];
  private readonly servedTimes: number[] = [];

  constructor(private readonly versions: Pick<ShadowReport, 'retriever' | 'ranker'>) {}

  isOf({ retriever, ranker }: Pick<ShadowReport, 'retriever' | 'ranker'>): boolean {
    return this.versions.retriever === retriever && this.versions.ranker === ranker;
  }

  /** Answers the overlap, 0 to 1: the share of what was served that the shadow has too. */
  add(served: Timed, shadow: Timed): number {
    const items = new Set(shadow.items.map(({ id }) => id));
    const common = served.items.filter(({ id }) => items.has(id)).length;
    const overlap = served.items.length === 0 ? 1 : common / served.items.length;
    const place = this.answers++ % MOST_TIMES;
    this.times[place] = shadow.tookMs;
    this.servedTimes[place] = served.tookMs;
    this.overlaps += overlap;
    if (served.items[0]?.id === shadow.items[0]?.id) this.sameFirst++;
    if (shadow.degraded.length > 0) this.degraded++;
    return overlap;
  }

  report(): ShadowReport {
    const { answers, degraded, failed, dropped } = this;
    const counts = { ...this.versions, since: this.since, answers, degraded, failed, dropped };
    if (answers === 0) return counts;
    return {
      ...counts, overlap: this.overlaps / answers, sameFirst: this.sameFirst / answers,
      p50Ms: quantile(this.times, 0.5), p99Ms: quantile(this.times, 0.99), servedP50Ms: quantile(this.servedTimes, 0.5),
    };
  }
}

export interface Timed extends Pick<Recommendation, 'items' | 'degraded'> {
  readonly tookMs: number;
}

/** The smallest value that at least `share` of all are not above. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}
