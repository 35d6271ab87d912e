import type { ItemColumns } from '@serendip/shared-catalogue';
import type { UserStateView } from '@serendip/shared-layouts';
import { FeatureComputer, type FeatureCandidates, type FeatureContext } from './feature-computer.js';
import { FeatureDates } from './feature-dates.js';
import { GatheredItems } from './gathered-items.js';
import { namedFeature, type NamedFeature } from './named-feature.js';
import { RANKING_FEATURES, type RankingFeatureName } from './ranking-features.js';
import { visitHas } from './visit-features.js';
import type { VisitFields } from './visit.js';

/**
 * What stands behind a value, in the words of Feast's online serving: something; nothing, though user and item are known (`NULL_VALUE`); no such user
 * or item (`NOT_FOUND`); something, the newest of which is older than the time-to-live (`OUTSIDE_MAX_AGE`). The value is a default but for `PRESENT`.
 */
export type FeatureStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE';

/** Row-major, candidates × names each. */
export interface FeatureReading {
  readonly values: Float32Array;
  readonly statuses: readonly FeatureStatus[];
  /** When the newest fact behind a value happened, epoch milliseconds; NaN where nothing dates it, or nothing has happened. */
  readonly newestMs: Float64Array;
}

interface Read {
  readonly state: UserStateView;
  readonly columns: ItemColumns;
  readonly candidates: FeatureCandidates;
  readonly context: FeatureContext;
}

/** Reads features for people: the values that a ranker sees, and what stands behind each. What ranks pays nothing for it. */
export class FeatureReader {
  private readonly features: readonly NamedFeature[];
  private readonly computer: FeatureComputer;
  private readonly dates: FeatureDates;
  private readonly items = new GatheredItems();

  /** @param names as `FeatureComputer` takes them. Throws RangeError for a name that is none. */
  constructor(readonly names: readonly string[]) {
    this.features = names.map(namedFeature);
    this.computer = new FeatureComputer(names);
    this.dates = new FeatureDates(this.features);
  }

  read(asked: Read): FeatureReading {
    const { state, columns, candidates, context } = asked;
    return { values: this.computer.compute(state, columns, candidates, context), ...this.behind(asked) };
  }

  /** What stands behind the values, for those who have them. */
  behind(asked: Read): Omit<FeatureReading, 'values'> {
    const { state, columns, candidates, context } = asked;
    this.items.gather(candidates.ordinals, columns, context.nowMs);
    this.dates.read(state, columns);
    for (const { family } of this.features) family?.begin(state, columns, context.nowMs);
    const cells = Array.from(candidates.ordinals).flatMap((_, i) => this.features.map((feature) => this.cell(feature, i, asked)));
    return { statuses: cells.map(({ status }) => status), newestMs: Float64Array.from(cells, ({ newestMs }) => newestMs) };
  }

  private cell(feature: NamedFeature, i: number, asked: Read): { readonly status: FeatureStatus; readonly newestMs: number } {
    const { nowMs } = asked.context;
    const isMissing = (USERS.has(feature.entity) && isNobody(asked.state)) || (ITEMS.has(feature.entity) && this.items.rows[i]! < 0);
    if (isMissing) return { status: 'NOT_FOUND', newestMs: NaN };
    const newestMs = this.dates.newestMs(feature, this.items, i);
    if (newestMs === -Infinity || !this.hasValue(feature, i, asked)) return { status: 'NULL_VALUE', newestMs: NaN };
    return { status: nowMs - newestMs > feature.timeToLiveMs ? 'OUTSIDE_MAX_AGE' : 'PRESENT', newestMs: Number.isFinite(newestMs) ? newestMs : NaN };
  }

  /** Whether there is something besides a date that a value is made of. */
  private hasValue({ place, visit }: NamedFeature, i: number, { candidates, context }: Read): boolean {
    if (visit !== undefined) return context.visit !== undefined && visitHas(visit, context.visit);
    const check = place === undefined ? undefined : CHECKS[RANKING_FEATURES[place]!.name as RankingFeatureName];
    return check?.({ candidates, items: this.items, visit: context.visit, i }) ?? true;
  }
}

const USERS: ReadonlySet<string> = new Set(['user', 'cross']);
const ITEMS: ReadonlySet<string> = new Set(['item', 'cross']);
/** Nobody, or somebody of whom nothing is known. */
const isNobody = (state: UserStateView): boolean => state.lastTimeMs === 0 && state.impressions === 0 && state.profile.length === 0;

interface Cell {
  readonly candidates: FeatureCandidates;
  readonly items: GatheredItems;
  readonly visit: VisitFields | undefined;
  readonly i: number;
}

const hasPrice = ({ items, i }: Cell): boolean => !Number.isNaN(items.prices[i]!);
const hasDevice = ({ visit }: Cell): boolean => (visit?.device ?? '') !== '';

/** Of declared features that may lack something that has no date. */
const CHECKS: Partial<Record<RankingFeatureName, (cell: Cell) => boolean>> = {
  personal_score: ({ candidates, i }) => Number.isFinite(candidates.personalScores[i]!),
  next_score: ({ candidates, i }) => candidates.nextScores[i]! > 0,
  taste_score: ({ candidates }) => candidates.tasteScores !== undefined,
  age_days: ({ items, i }) => Number.isFinite(items.publishedAtMs[i]!),
  price_log: hasPrice,
  price_difference: hasPrice,
  price_distance: hasPrice,
  device_mobile: hasDevice,
  device_desktop: hasDevice,
  device_tablet: hasDevice,
  device_tv: hasDevice,
};
