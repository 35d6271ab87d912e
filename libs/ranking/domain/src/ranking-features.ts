/**
 * How a feature is computed: by retrieval; from an attribute; as a count, one decayed by event time, or a smoothed rate of two; as the time since
 * something; from the newest interactions or impressions that the user's state keeps; from the clock; or by a table of the ranker's own.
 */
export type FeatureComputation = 'retrieval' | 'attribute' | 'count' | 'decayed-count' | 'rate' | 'recency' | 'last-k' | 'clock' | 'model';

/** What dates a value, for a person: each is an event time. */
export const FEATURE_DATES = {
  'item': 'the item\'s last event',
  'user': 'the user\'s last event',
  'seen': 'their last interaction with it',
  'narrowest-category': 'their last interaction with its narrowest category',
  'broadest-category': 'their last interaction with its broadest category',
  'categories': 'their last interaction with any of its categories',
  'labels': 'their last interaction with any of its tags and attributes',
  'prices': 'their last interaction with anything that has a price',
  'shown': 'the last time it was shown',
  'own': 'the last one counted',
  'undated': '',
} as const;

/** The newest fact behind a value; impressions are none of an item's or a user's events, and interactions are among those that the user's state keeps. */
export type FeatureDate = keyof typeof FEATURE_DATES;

/** What a ranker can be given, declared once: the trainer, the service and the explanation all read this table. */
export interface RankingFeature {
  readonly name: string;
  readonly entity: 'candidate' | 'item' | 'user' | 'cross' | 'context';
  /** Of what it is made. */
  readonly computed: FeatureComputation;
  /** When the newest fact behind a value happened; a time-to-live counts from then. */
  readonly dated: FeatureDate;
  readonly meaning: string;
  /** The same for somebody who only wants to know why they see an item. */
  readonly words: string;
  /** Whether the value is log(1 + what the words say). */
  readonly isLogarithm: boolean;
}

type Declared<N extends string> = readonly [
  entity: RankingFeature['entity'], computed: FeatureComputation, dated: FeatureDate, name: N, meaning: string, words: string,
];

const feature = <N extends string>(...[entity, computed, dated, name, meaning, words]: Declared<N>) => ({ name, entity, computed, dated, meaning, words, isLogarithm: false });
const logarithm = <N extends string>(...declared: Declared<N>) => ({ ...feature(...declared), isLogarithm: true });

/** Every ranking feature, float32 and finite; 0 is the default where nothing is known. */
export const RANKING_FEATURES = [
  feature('candidate', 'retrieval', 'undated', 'retrieval_score', 'score of the retrieval order', 'how well retrieval found that it fits'),
  feature('candidate', 'retrieval', 'undated', 'personal_score', 'the retriever\'s score for this user, 0 without one', 'how well it fits what they have been doing'),
  feature('candidate', 'retrieval', 'undated', 'personal_missing', '1 when the retriever has no score', 'retrieval knows nothing of how well it fits'),
  logarithm('candidate', 'retrieval', 'undated', 'next_score', 'log(1 + score of the next-item neighbours)', 'often next after what they looked at'),
  logarithm('item', 'decayed-count', 'item', 'popularity_1d', 'log(1 + engagement decayed with a half-life of 1 day)', 'engagement today'),
  logarithm('item', 'decayed-count', 'item', 'popularity_7d', 'log(1 + the same with 7 days)', 'engagement this week'),
  logarithm('item', 'decayed-count', 'item', 'popularity_30d', 'log(1 + the same with 30 days)', 'engagement this month'),
  logarithm('item', 'count', 'item', 'popularity_total', 'log(1 + engagement ever)', 'engagement ever'),
  feature('item', 'decayed-count', 'item', 'popularity_trend', 'popularity_1d less its share of popularity_7d: rising above 0, falling below', 'rising or falling in demand'),
  feature('item', 'rate', 'item', 'click_rate', 'clicks a view, 7 days, smoothed', 'clicks for each look'),
  feature('item', 'rate', 'item', 'cart_rate', 'carts a view or click, 7 days, smoothed', 'put into the cart for each look'),
  feature('item', 'rate', 'item', 'purchase_rate', 'purchases a view or click, 7 days, smoothed', 'bought for each look'),
  feature('item', 'rate', 'item', 'rating_mean', 'mean rating, smoothed towards 3.5', 'mean rating'),
  logarithm('item', 'count', 'item', 'rating_count', 'log(1 + ratings)', 'ratings'),
  feature('item', 'rate', 'item', 'negative_rate', 'dislikes and hides a unit of engagement, smoothed', 'disliked or hidden'),
  logarithm('item', 'recency', 'undated', 'age_days', 'log(1 + days since it was published), 0 when unknown', 'days since it was published'),
  feature('item', 'attribute', 'undated', 'age_unknown', '1 when it has no publication time', 'nobody knows when it was published'),
  logarithm('item', 'recency', 'item', 'idle_hours', 'log(1 + hours since its last event)', 'hours since anybody did anything with it'),
  logarithm('item', 'attribute', 'undated', 'price_log', 'log(1 + price), 0 without one', 'price'),
  feature('item', 'rate', 'undated', 'clickthrough_rate', 'clicks an impression, 7 days, smoothed towards 5 in 100', 'clicks for each time it was shown'),
  logarithm('user', 'last-k', 'user', 'user_events', 'log(1 + interactions kept)', 'what they have done, in all'),
  logarithm('user', 'count', 'user', 'user_purchases', 'log(1 + purchases ever)', 'what they have bought, in all'),
  logarithm('user', 'recency', 'user', 'user_idle_hours', 'log(1 + hours since the last event)', 'hours since they last did anything'),
  logarithm('user', 'count', 'user', 'session_events', 'log(1 + events in the session)', 'what they have done in this visit'),
  feature('cross', 'last-k', 'narrowest-category', 'category_affinity', 'share of the user\'s weighted interactions in the item\'s narrowest category', 'share of their interest that its kind has'),
  feature('cross', 'last-k', 'broadest-category', 'category_affinity_broad', 'the same for its broadest category', 'share of their interest that its broadest category has'),
  feature('cross', 'last-k', 'categories', 'category_mean', 'the same, mean over all its categories', 'share of their interest that its categories have'),
  feature('cross', 'last-k', 'narrowest-category', 'category_session', 'share of the newest 5 interactions in its narrowest category', 'its kind among the last five they looked at'),
  feature('cross', 'last-k', 'narrowest-category', 'category_last', '1 when the last interaction was in its narrowest category', 'of the same kind as the last they looked at'),
  feature('cross', 'last-k', 'labels', 'label_affinity', 'share of the user\'s interactions that have each of its tags and attributes, mean', 'share of their interest that its tags and attributes have'),
  feature('cross', 'last-k', 'labels', 'label_affinity_best', 'the same, the largest', 'share of their interest that its best tag or attribute has'),
  feature('cross', 'last-k', 'prices', 'price_difference', 'log price less the mean of what the user interacted with', 'dearer or cheaper than what they look at (as a logarithm)'),
  feature('cross', 'last-k', 'prices', 'price_distance', 'the same without sign, in standard deviations', 'how far its price is from what they look at'),
  logarithm('cross', 'last-k', 'seen', 'seen_count', 'log(1 + earlier interactions with this item among those kept)', 'times they have looked at it'),
  logarithm('cross', 'recency', 'seen', 'seen_hours', 'log(1 + hours since the last of them), 0 without one', 'hours since they looked at it'),
  logarithm('cross', 'last-k', 'shown', 'shown_count', 'log(1 + times this item was shown since the user last engaged with it)', 'times they were shown it for nothing'),
  logarithm('cross', 'recency', 'shown', 'shown_hours', 'log(1 + hours since it was last shown), 0 when it was not', 'hours since they were shown it'),
  feature('context', 'clock', 'undated', 'hour_sin', 'sine of the hour of day, UTC', 'hour of day (sine, UTC)'),
  feature('context', 'clock', 'undated', 'hour_cos', 'cosine of the hour of day, UTC', 'hour of day (cosine, UTC)'),
  feature('context', 'attribute', 'undated', 'device_mobile', '1 on a mobile device', 'on a mobile device'),
  feature('context', 'attribute', 'undated', 'device_desktop', '1 on a desktop', 'on a desktop'),
  feature('context', 'attribute', 'undated', 'device_tablet', '1 on a tablet', 'on a tablet'),
  feature('context', 'attribute', 'undated', 'device_tv', '1 on a television', 'on a television'),
  feature('context', 'clock', 'undated', 'local_hour_sin', 'sine of the hour of day where the visitor is, UTC when that is not known', 'hour of day where they are (sine)'),
  feature('context', 'clock', 'undated', 'local_hour_cos', 'cosine of the same', 'hour of day where they are (cosine)'),
  feature('context', 'clock', 'undated', 'weekend', '1 on Saturday and Sunday where the visitor is', 'at the weekend'),
  logarithm('context', 'recency', 'user', 'session_minutes', 'log(1 + minutes since the session began), 0 for a new one', 'minutes of this visit'),
  feature('context', 'recency', 'undated', 'session_new', '1 when this visit begins a session: the last event is more than 30 minutes ago, or there is none', 'this visit has just begun'),
  feature('cross', 'model', 'user', 'taste_score', 'log(1 + 50 × how much all that the user has had speaks for the item, by the ranker\'s own table); 0 without one', 'how well it fits all they have ever liked'),
] as const satisfies readonly RankingFeature[];

export type RankingFeatureName = (typeof RANKING_FEATURES)[number]['name'];

/** All names, in the order of the table. */
export const RANKING_FEATURE_NAMES: readonly RankingFeatureName[] = RANKING_FEATURES.map(({ name }) => name);
