import type { ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS_WIDTH, statisticColumn, type UserStateView } from '@serendip/shared-layouts';
import { GatheredItems } from './gathered-items.js';
import { RANKING_FEATURES, RANKING_FEATURE_NAMES, type RankingFeatureName } from './ranking-features.js';
import { UserProfile } from './user-profile.js';
import { visitFeatureOf, visitFeatureValue, type VisitFeature } from './visit-features.js';
import { localOffsetMs, type VisitFields } from './visit.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As user state has it: half an hour with nothing ends a session. */
const SESSION_GAP_MS = HOUR_MS / 2;

/** Candidates of one request as parallel columns. */
export interface FeatureCandidates {
  readonly ordinals: Int32Array;
  readonly scores: Float32Array;
  /** NaN where the retriever has none. */
  readonly personalScores: Float32Array;
  readonly nextScores: Float32Array;
  /** What `Taste` says; absent for a ranker without one. */
  readonly tasteScores?: Float32Array | undefined;
}

export interface FeatureContext {
  readonly nowMs: number;
  readonly visit?: VisitFields | undefined;
}

const ENGAGEMENT_1D = statisticColumn('engagement_1d');
const ENGAGEMENT_7D = statisticColumn('engagement_7d');
const ENGAGEMENT_30D = statisticColumn('engagement_30d');
const ENGAGEMENT_TOTAL = statisticColumn('engagement_total');
const VIEWS = statisticColumn('views_7d');
const CLICKS = statisticColumn('clicks_7d');
const CARTS = statisticColumn('carts_7d');
const PURCHASES = statisticColumn('purchases_7d');
const RATING_SUM = statisticColumn('rating_sum');
const RATING_COUNT = statisticColumn('rating_count');
const NEGATIVES = statisticColumn('negatives_total');
const LAST_EVENT = statisticColumn('last_event_ms');
const IMPRESSIONS = statisticColumn('impressions_7d');

const place = Object.fromEntries(RANKING_FEATURE_NAMES.map((name, i) => [name, i])) as Readonly<Record<RankingFeatureName, number>>;
/** Entities whose features are the same for every candidate of a request. */
const COMMON = new Set(['user', 'context']);
const isVarying = (place: number): boolean => place < RANKING_FEATURES.length && !COMMON.has(RANKING_FEATURES[place]!.entity);
/** Tastes are some hundredths. */
const TASTE_SCALE = 50;
const finite = (value: number): number => (value - value === 0 ? value : 0);

/** Copies the first `width` values over the rest. */
function repeat(values: Float32Array, width: number): void {
  for (let filled = width; filled < values.length; filled *= 2) values.copyWithin(filled, 0, Math.min(filled, values.length - filled));
}

/** log(1 + value); most counts are zero, and the logarithm is not free. */
const log1p = (value: number): number => (value === 0 ? 0 : Math.log1p(value));
const hours = (ms: number): number => Math.log1p(Math.max(0, ms) / HOUR_MS);
/** `idle_hours` of an item that nothing has happened to. */
const NEVER_HOURS = hours(365 * DAY_MS);

/**
 * Computes ranking features: the one implementation that serving, training and explanation share. A row depends on its
 * candidate, the user, the item and the time, never on other candidates. Not to be used by two requests at once.
 */
export class FeatureComputer {
  private readonly profile = new UserProfile();
  private readonly items = new GatheredItems();
  private readonly all: Float32Array;
  /** For each name its place in `all`. */
  private readonly picks: Int32Array;
  /** Columns of the names whose value differs from candidate to candidate, and their places in `all`. */
  private readonly varying: Int32Array;
  private readonly varyingPicks: Int32Array;
  /** Their places in `all` come after the declared ones. */
  private readonly visitFeatures: readonly VisitFeature[];

  /** @param names features wanted, in order: declared ones, or `context.…`. Throws RangeError for a name that is neither. */
  constructor(readonly names: readonly string[]) {
    const visitFeatures: VisitFeature[] = [];
    this.picks = Int32Array.from(names, (name) => {
      const at = RANKING_FEATURE_NAMES.indexOf(name as RankingFeatureName);
      if (at >= 0) return at;
      const feature = visitFeatureOf(name);
      if (feature === undefined) throw new RangeError(`There is no ranking feature '${name}'.`);
      return RANKING_FEATURE_NAMES.length + visitFeatures.push(feature) - 1;
    });
    this.visitFeatures = visitFeatures;
    this.all = new Float32Array(RANKING_FEATURE_NAMES.length + visitFeatures.length);
    this.varying = Int32Array.from(names.keys()).filter((column) => isVarying(this.picks[column]!));
    this.varyingPicks = this.varying.map((column) => this.picks[column]!);
  }

  /**
   * Features of every candidate, row-major, `names.length` wide, in `out` where one of that length is given. An ordinal that is not in the
   * columns gets item defaults.
   */
  compute(
    state: UserStateView, columns: ItemColumns, candidates: FeatureCandidates, context: FeatureContext, out = new Float32Array(candidates.ordinals.length * this.names.length),
  ): Float32Array {
    const { all, picks } = this;
    const { length } = candidates.ordinals;
    this.profile.read(state, columns);
    all.fill(0);
    this.userFeatures(state, context.nowMs);
    this.contextFeatures(state, context);
    for (let column = 0; column < Math.min(picks.length, out.length); column++) out[column] = finite(all[picks[column]!]!);
    repeat(out, picks.length);
    const items = this.items.gather(candidates.ordinals, columns, context.nowMs);
    for (let i = 0; i < length; i++) {
      this.candidateFeatures(candidates, i);
      this.itemFeatures(items, i, context.nowMs);
      this.crossFeatures(items, i, context.nowMs);
      this.write(out, i * picks.length);
    }
    return out;
  }

  /** Writes what is the candidate's own to its row. */
  private write(out: Float32Array, at: number): void {
    const { all, varying, varyingPicks } = this;
    for (let k = 0; k < varying.length; k++) out[at + varying[k]!] = finite(all[varyingPicks[k]!]!);
  }

  private userFeatures(state: UserStateView, nowMs: number): void {
    const { all, profile } = this;
    all[place.user_events] = Math.log1p(profile.events);
    all[place.user_purchases] = Math.log1p(profile.purchases);
    all[place.user_idle_hours] = state.interactions === 0 ? 0 : hours(nowMs - state.lastTimeMs);
    all[place.session_events] = Math.log1p(state.sessionEvents);
  }

  private contextFeatures(state: UserStateView, { nowMs, visit }: FeatureContext): void {
    const { all } = this;
    const device = visit?.device ?? '';
    const localMs = nowMs + localOffsetMs(visit, nowMs);
    const angle = (timeMs: number): number => ((timeMs % DAY_MS) / DAY_MS) * 2 * Math.PI;
    // 1970 began on a Thursday.
    const weekday = (Math.floor(localMs / DAY_MS) + 4) % 7;
    const isNewSession = state.sessionEvents === 0 || nowMs - state.lastTimeMs > SESSION_GAP_MS;
    all[place.hour_sin] = Math.sin(angle(nowMs));
    all[place.hour_cos] = Math.cos(angle(nowMs));
    all[place.device_mobile] = device === 'mobile' ? 1 : 0;
    all[place.device_desktop] = device === 'desktop' ? 1 : 0;
    all[place.device_tablet] = device === 'tablet' ? 1 : 0;
    all[place.device_tv] = device === 'tv' ? 1 : 0;
    all[place.local_hour_sin] = Math.sin(angle(localMs));
    all[place.local_hour_cos] = Math.cos(angle(localMs));
    all[place.weekend] = weekday === 0 || weekday === 6 ? 1 : 0;
    all[place.session_minutes] = isNewSession ? 0 : Math.log1p(Math.max(0, nowMs - state.sessionStartMs) / 60_000);
    all[place.session_new] = isNewSession ? 1 : 0;
    this.visitFeatures.forEach((feature, i) => { all[RANKING_FEATURE_NAMES.length + i] = visitFeatureValue(feature, visit); });
  }

  private candidateFeatures({ scores, personalScores, nextScores, tasteScores }: FeatureCandidates, i: number): void {
    const { all } = this;
    const personal = personalScores[i]!;
    const known = Number.isFinite(personal);
    all[place.retrieval_score] = scores[i]!;
    all[place.personal_score] = known ? personal : 0;
    all[place.personal_missing] = known ? 0 : 1;
    all[place.next_score] = Math.log1p(Math.max(0, nextScores[i]!));
    all[place.taste_score] = log1p(TASTE_SCALE * Math.max(0, tasteScores?.[i] ?? 0));
  }

  private itemFeatures(items: GatheredItems, i: number, nowMs: number): void {
    const { all } = this;
    if (items.rows[i]! < 0) {
      all.fill(0, place.popularity_1d, place.user_events);
      return;
    }
    const at = i * ITEM_STATISTICS_WIDTH;
    const { statistics } = items;
    const day = statistics[at + ENGAGEMENT_1D]!;
    const week = statistics[at + ENGAGEMENT_7D]!;
    const views = statistics[at + VIEWS]!;
    const clicks = statistics[at + CLICKS]!;
    const impressions = statistics[at + IMPRESSIONS]!;
    const touches = Math.max(views, clicks);
    const ratings = statistics[at + RATING_COUNT]!;
    const engagement = statistics[at + ENGAGEMENT_TOTAL]!;
    const last = statistics[at + LAST_EVENT]!;
    const published = items.publishedAtMs[i]!;
    const price = items.prices[i]!;
    all[place.popularity_1d] = log1p(day);
    all[place.popularity_7d] = log1p(week);
    all[place.popularity_30d] = log1p(statistics[at + ENGAGEMENT_30D]!);
    all[place.popularity_total] = log1p(engagement);
    all[place.popularity_trend] = log1p(day) - log1p(week / 7);
    all[place.click_rate] = (clicks + 1) / (views + clicks + 10);
    all[place.cart_rate] = (statistics[at + CARTS]! + 0.5) / (touches + 10);
    all[place.purchase_rate] = (statistics[at + PURCHASES]! + 0.2) / (touches + 10);
    all[place.rating_mean] = (statistics[at + RATING_SUM]! + 3.5 * 5) / (ratings + 5);
    all[place.rating_count] = log1p(ratings);
    all[place.negative_rate] = (statistics[at + NEGATIVES]! + 0.1) / (engagement + 10);
    all[place.age_days] = Number.isFinite(published) ? Math.log1p(Math.max(0, nowMs - published) / DAY_MS) : 0;
    all[place.age_unknown] = Number.isFinite(published) ? 0 : 1;
    all[place.idle_hours] = last === -Infinity ? NEVER_HOURS : hours(nowMs - last);
    all[place.clickthrough_rate] = (Math.min(clicks, impressions) + 1) / (impressions + 20);
    all[place.price_log] = Number.isNaN(price) ? 0 : Math.log1p(price);
  }

  private crossFeatures(items: GatheredItems, i: number, nowMs: number): void {
    const { all, profile } = this;
    const row = items.rows[i]!;
    all.fill(0, place.category_affinity, place.hour_sin);
    if (row < 0) return;
    this.listFeatures(items, i);
    const price = items.prices[i]!;
    if (profile.hasPrices && !Number.isNaN(price)) {
      const difference = all[place.price_log]! - profile.priceMean;
      all[place.price_difference] = difference;
      all[place.price_distance] = Math.min(5, Math.abs(difference) / (profile.priceDeviation + 0.2));
    }
    const { seen, shown } = profile;
    if (seen.count(row) > 0) {
      all[place.seen_count] = Math.log1p(seen.count(row));
      all[place.seen_hours] = hours(nowMs - seen.lastMs(row));
    }
    if (shown.count(row) > 0) {
      all[place.shown_count] = Math.log1p(shown.count(row));
      all[place.shown_hours] = hours(nowMs - shown.lastMs(row));
    }
  }
  private listFeatures({ numbers, listStarts }: GatheredItems, i: number): void {
    const { all, profile } = this;
    const categories = listStarts[i]! + 2;
    const labels = categories + numbers[categories - 2]!;
    const end = labels + numbers[categories - 1]!;
    if (labels > categories) {
      const narrowest = numbers[labels - 1]!;
      let sum = 0;
      for (let at = categories; at < labels; at++) sum += profile.categories.of(numbers[at]!);
      all[place.category_affinity] = profile.categories.of(narrowest);
      all[place.category_affinity_broad] = profile.categories.of(numbers[categories]!);
      all[place.category_mean] = sum / (labels - categories);
      all[place.category_session] = profile.session.of(narrowest);
      all[place.category_last] = profile.lastCategory === narrowest ? 1 : 0;
    }
    if (end > labels) {
      let sum = 0;
      let best = -Infinity;
      for (let at = labels; at < end; at++) {
        const share = profile.labels.of(numbers[at]!);
        sum += share;
        if (share > best) best = share;
      }
      all[place.label_affinity] = sum / (end - labels);
      all[place.label_affinity_best] = best;
    }
  }
}
