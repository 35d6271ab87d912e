/** What a placement earned. */
export interface PlacementReport {
  readonly requests: number;
  /** Exact expected reward of the lists that were shown, over that of the best possible lists; undefined before the first. */
  readonly share: number | undefined;
}

export interface LiveReport {
  readonly seconds: number;
  readonly visits: number;
  /** Visits that ended because the gateway did not answer. */
  readonly abandoned: number;
  readonly recommendations: number;
  readonly failedRecommendations: number;
  /** Answers with something left out. */
  readonly degraded: number;
  readonly events: number;
  readonly failedEvents: number;
  /** What shoppers really did with the recommended lists, in clicks' worth. */
  readonly realisedReward: number;
  readonly expectedReward: number;
  readonly oracleReward: number;
  readonly share: number | undefined;
  readonly byPlacement: Readonly<Record<string, PlacementReport>>;
}

interface Earned {
  requests: number;
  expected: number;
  oracle: number;
}

/** Counts of live traffic, added up as it goes. */
export class LiveTally {
  visits = 0;
  abandoned = 0;
  failedRecommendations = 0;
  degraded = 0;
  events = 0;
  failedEvents = 0;
  realisedReward = 0;
  private readonly placements = new Map<string, Earned>();
  private readonly startedAt = performance.now();

  /** A list that was shown; `judged` is undefined when its rewards were not computed. */
  addList(placement: string, judged: { readonly expected: number; readonly oracle: number } | undefined): void {
    const earned = this.placements.get(placement) ?? { requests: 0, expected: 0, oracle: 0 };
    earned.requests += 1;
    earned.expected += judged?.expected ?? 0;
    earned.oracle += judged?.oracle ?? 0;
    this.placements.set(placement, earned);
  }

  report(): LiveReport {
    const all = [...this.placements.values()];
    const total = (of: keyof Earned): number => all.reduce((sum, earned) => sum + earned[of], 0);
    return {
      seconds: Math.round((performance.now() - this.startedAt) / 100) / 10,
      visits: this.visits,
      abandoned: this.abandoned,
      recommendations: total('requests'),
      failedRecommendations: this.failedRecommendations,
      degraded: this.degraded,
      events: this.events,
      failedEvents: this.failedEvents,
      realisedReward: round(this.realisedReward),
      expectedReward: round(total('expected')),
      oracleReward: round(total('oracle')),
      share: shareOf(total('expected'), total('oracle')),
      byPlacement: Object.fromEntries([...this.placements].map(([name, { requests, expected, oracle }]) => [name, { requests, share: shareOf(expected, oracle) }])),
    };
  }
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

const shareOf = (expected: number, oracle: number): number | undefined => (oracle > 0 ? round(expected / oracle) : undefined);
