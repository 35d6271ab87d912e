import type { ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS_WIDTH, eventTypeCode, statisticColumn, type UserStateView } from '@serendip/shared-layouts';
import { FeatureDates } from './feature-dates.js';
import { GatheredItems } from './gathered-items.js';
import { log1p } from './logarithm.js';
import { namedFeature, type NamedFeature } from './named-feature.js';
import { RANKING_FEATURE_NAMES, type RankingFeature, type RankingFeatureName } from './ranking-features.js';
import { UserProfile } from './user-profile.js';
import { visitFeatureValue } from './visit-features.js';
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
const IMPRESSIONS = statisticColumn('impressions_7d');

const place = Object.fromEntries(RANKING_FEATURE_NAMES.map((name, i) => [name, i])) as Readonly<Record<RankingFeatureName, number>>;
const isCommon = ({ entity }: NamedFeature): boolean => entity === 'user' || entity === 'context';
const PURCHASE = eventTypeCode('purchase');
/** Tastes are some hundredths. */
const TASTE_SCALE = 50;
const finite = (value: number): number => (value - value === 0 ? value : 0);

/** Copies the first `width` values over the rest. */
function repeat(values: Float32Array, width: number): void {
  for (let filled = width; filled < values.length; filled *= 2) values.copyWithin(filled, 0, Math.min(filled, values.length - filled));
}

const hours = (ms: number): number => log1p(Math.max(0, ms) / HOUR_MS);
/** `idle_hours` of an item that nothing has happened to. */
const NEVER_HOURS = hours(365 * DAY_MS);

/** With what a feature is computed: what the ranker's own table says comes with the candidates. */
const groupOf = ({ entity, computed }: NamedFeature): RankingFeature['entity'] => (computed === 'model' ? 'candidate' : entity);

/** Which features are wanted at all. */
type Wanted = Readonly<Record<RankingFeature['entity'], boolean>>;

/**
 * Computes ranking features: the one implementation that serving, training and explanation share. A row depends on its
 * candidate, the user, the item and the time, never on other candidates. Not to be used by two requests at once.
 */
export class FeatureComputer {
  private readonly features: readonly NamedFeature[];
  private readonly profile = new UserProfile();
  private readonly items = new GatheredItems();
  /** Values of the declared features, then of those of families and of the context that are wanted. */
  private readonly all: Float32Array;
  /** For each name its place in `all`. */
  private readonly picks: Int32Array;
  /** Columns of the names whose value differs from candidate to candidate, and their places in `all`. */
  private readonly varying: Int32Array;
  private readonly varyingPicks: Int32Array;
  private readonly wanted: Wanted;
  /** Those of families and of the context, and their places in `all`. */
  private readonly others: readonly { readonly feature: NamedFeature; readonly place: number }[];
  private readonly othersOfCandidates: FeatureComputer['others'];
  /** Columns with a time-to-live. */
  private readonly limited: readonly number[];
  private readonly dates: FeatureDates;

  /**
   * @param names features wanted, in order: declared ones, ones of a family, or `context.…`, where something dates them with a time-to-live or without (`namedFeature`).
   * Throws RangeError for a name that is none of these.
   */
  constructor(readonly names: readonly string[]) {
    const others: { feature: NamedFeature; place: number }[] = [];
    this.features = names.map(namedFeature);
    this.picks = Int32Array.from(this.features, (feature) => feature.place ?? RANKING_FEATURE_NAMES.length + others.push({ feature, place: RANKING_FEATURE_NAMES.length + others.length }) - 1);
    this.others = others;
    this.othersOfCandidates = others.filter(({ feature }) => !isCommon(feature));
    this.all = new Float32Array(RANKING_FEATURE_NAMES.length + others.length);
    this.varying = Int32Array.from(names.keys()).filter((column) => !isCommon(this.features[column]!));
    this.varyingPicks = this.varying.map((column) => this.picks[column]!);
    this.limited = [...names.keys()].filter((column) => this.features[column]!.timeToLiveMs < Infinity);
    this.dates = new FeatureDates(this.limited.map((column) => this.features[column]!));
    const wants = (group: RankingFeature['entity']): boolean => this.features.some((feature) => groupOf(feature) === group);
    this.wanted = { candidate: wants('candidate'), item: wants('item'), user: wants('user'), cross: wants('cross'), context: wants('context') };
  }

  /**
   * Features of every candidate, row-major, `names.length` wide, in `out` where one of that length is given. An ordinal that is not in the
   * columns gets item defaults.
   */
  compute(
    state: UserStateView, columns: ItemColumns, candidates: FeatureCandidates, context: FeatureContext, out = new Float32Array(candidates.ordinals.length * this.names.length),
  ): Float32Array {
    const { all, picks, wanted, items } = this;
    const { length } = candidates.ordinals;
    all.fill(0);
    if (wanted.cross) this.profile.read(state, columns);
    if (wanted.user) this.userFeatures(state, context.nowMs);
    if (wanted.context) this.contextFeatures(state, context);
    if (this.others.length > 0) this.commonOthers(state, columns, context);
    for (let column = 0; column < Math.min(picks.length, out.length); column++) out[column] = finite(all[picks[column]!]!);
    repeat(out, picks.length);
    if (wanted.item || wanted.cross) items.gather(candidates.ordinals, columns, context.nowMs);
    const { candidate, item, cross } = wanted;
    const hasOthers = this.othersOfCandidates.length > 0;
    for (let i = 0; i < length; i++) {
      if (candidate) this.candidateFeatures(candidates, i);
      if (item) this.itemFeatures(items, i, context.nowMs);
      if (cross) this.crossFeatures(items, i, context.nowMs);
      if (hasOthers) this.candidateOthers(i);
      this.write(out, i * picks.length);
    }
    if (this.limited.length > 0) this.forget(out, state, { columns, rows: length, nowMs: context.nowMs });
    return out;
  }

  /** Writes what is the candidate's own to its row. */
  private write(out: Float32Array, at: number): void {
    const { all, varying, varyingPicks } = this;
    for (let k = 0; k < varying.length; k++) out[at + varying[k]!] = finite(all[varyingPicks[k]!]!);
  }

  /** Makes unknown what is made of nothing that is young enough. */
  private forget(out: Float32Array, state: UserStateView, { columns, rows, nowMs }: { readonly columns: ItemColumns; readonly rows: number; readonly nowMs: number }): void {
    const { dates, items, names } = this;
    dates.read(state, columns);
    for (const column of this.limited) {
      const feature = this.features[column]!;
      for (let i = 0; i < rows; i++) {
        if (!isCommon(feature) && items.rows[i]! < 0) continue;
        if (nowMs - dates.newestMs(feature, items, i) > feature.timeToLiveMs) out[i * names.length + column] = 0;
      }
    }
  }

  private commonOthers(state: UserStateView, columns: ItemColumns, { nowMs, visit }: FeatureContext): void {
    for (const { feature, place } of this.others) {
      feature.family?.begin(state, columns, nowMs);
      if (feature.visit !== undefined) this.all[place] = visitFeatureValue(feature.visit, visit);
      else if (feature.entity === 'user') this.all[place] = feature.family!.value(this.items, 0);
    }
  }

  private candidateOthers(i: number): void {
    const isKnown = this.items.rows[i]! >= 0;
    for (const { feature, place } of this.othersOfCandidates) this.all[place] = isKnown ? feature.family!.value(this.items, i) : 0;
  }

  private userFeatures(state: UserStateView, nowMs: number): void {
    const { all } = this;
    const purchases = state.counterOf(PURCHASE);
    all[place.user_events] = log1p(state.interactions);
    all[place.user_purchases] = purchases < 0 ? 0 : log1p(state.counterTotal(purchases));
    all[place.user_idle_hours] = state.interactions === 0 ? 0 : hours(nowMs - state.lastTimeMs);
    all[place.session_events] = log1p(state.sessionEvents);
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
    all[place.session_minutes] = isNewSession ? 0 : log1p(Math.max(0, nowMs - state.sessionStartMs) / 60_000);
    all[place.session_new] = isNewSession ? 1 : 0;
  }

  private candidateFeatures({ scores, personalScores, nextScores, tasteScores }: FeatureCandidates, i: number): void {
    const { all } = this;
    const personal = personalScores[i]!;
    const known = Number.isFinite(personal);
    all[place.retrieval_score] = scores[i]!;
    all[place.personal_score] = known ? personal : 0;
    all[place.personal_missing] = known ? 0 : 1;
    all[place.next_score] = log1p(Math.max(0, nextScores[i]!));
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
    const last = items.lastEventMs(i);
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
    all[place.age_days] = Number.isFinite(published) ? log1p(Math.max(0, nowMs - published) / DAY_MS) : 0;
    all[place.age_unknown] = Number.isFinite(published) ? 0 : 1;
    all[place.idle_hours] = last === -Infinity ? NEVER_HOURS : hours(nowMs - last);
    all[place.clickthrough_rate] = (Math.min(clicks, impressions) + 1) / (impressions + 20);
    all[place.price_log] = Number.isNaN(price) ? 0 : log1p(price);
  }

  private crossFeatures(items: GatheredItems, i: number, nowMs: number): void {
    const { all, profile } = this;
    const row = items.rows[i]!;
    // `fill` costs more for so few.
    for (let at = place.category_affinity; at < place.hour_sin; at++) all[at] = 0;
    if (row < 0) return;
    this.listFeatures(items, i);
    const price = items.prices[i]!;
    if (profile.hasPrices && !Number.isNaN(price)) {
      const difference = (this.wanted.item ? all[place.price_log]! : Math.fround(log1p(price))) - profile.priceMean;
      all[place.price_difference] = difference;
      all[place.price_distance] = Math.min(5, Math.abs(difference) / (profile.priceDeviation + 0.2));
    }
    const { seen, shown } = profile;
    const mark = seen.find(row);
    if (mark >= 0) {
      all[place.seen_count] = log1p(seen.countAt(mark));
      all[place.seen_hours] = hours(nowMs - seen.lastMsAt(mark));
    }
    const shownMark = shown.find(row);
    if (shownMark >= 0) {
      all[place.shown_count] = log1p(shown.countAt(shownMark));
      all[place.shown_hours] = hours(nowMs - shown.lastMsAt(shownMark));
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
