/** What a ranker can be given, declared once: the trainer, the service and the explanation all read this table. */
export interface RankingFeature {
  readonly name: string;
  readonly entity: 'candidate' | 'item' | 'user' | 'cross' | 'context';
  readonly meaning: string;
  /** The same for somebody who only wants to know why they see an item. */
  readonly words: string;
  /** Whether the value is log(1 + what the words say). */
  readonly isLogarithm: boolean;
}

const feature = <N extends string>(entity: RankingFeature['entity'], name: N, meaning: string, words: string) => ({ name, entity, meaning, words, isLogarithm: false });
const logarithm = <N extends string>(entity: RankingFeature['entity'], name: N, meaning: string, words: string) => ({ name, entity, meaning, words, isLogarithm: true });

/** Every ranking feature, float32 and finite; 0 is the default where nothing is known. */
export const RANKING_FEATURES = [
  feature('candidate', 'retrieval_score', 'score of the retrieval order', 'how well retrieval found that it fits'),
  feature('candidate', 'personal_score', 'the retriever\'s score for this user, 0 without one', 'how well it fits what they have been doing'),
  feature('candidate', 'personal_missing', '1 when the retriever has no score', 'retrieval knows nothing of how well it fits'),
  logarithm('candidate', 'next_score', 'log(1 + score of the next-item neighbours)', 'often next after what they looked at'),
  logarithm('item', 'popularity_1d', 'log(1 + engagement decayed with a half-life of 1 day)', 'engagement today'),
  logarithm('item', 'popularity_7d', 'log(1 + the same with 7 days)', 'engagement this week'),
  logarithm('item', 'popularity_30d', 'log(1 + the same with 30 days)', 'engagement this month'),
  logarithm('item', 'popularity_total', 'log(1 + engagement ever)', 'engagement ever'),
  feature('item', 'popularity_trend', 'popularity_1d less its share of popularity_7d: rising above 0, falling below', 'rising or falling in demand'),
  feature('item', 'click_rate', 'clicks a view, 7 days, smoothed', 'clicks for each look'),
  feature('item', 'cart_rate', 'carts a view or click, 7 days, smoothed', 'put into the cart for each look'),
  feature('item', 'purchase_rate', 'purchases a view or click, 7 days, smoothed', 'bought for each look'),
  feature('item', 'rating_mean', 'mean rating, smoothed towards 3.5', 'mean rating'),
  logarithm('item', 'rating_count', 'log(1 + ratings)', 'ratings'),
  feature('item', 'negative_rate', 'dislikes and hides a unit of engagement, smoothed', 'disliked or hidden'),
  logarithm('item', 'age_days', 'log(1 + days since it was published), 0 when unknown', 'days since it was published'),
  feature('item', 'age_unknown', '1 when it has no publication time', 'nobody knows when it was published'),
  logarithm('item', 'idle_hours', 'log(1 + hours since its last event)', 'hours since anybody did anything with it'),
  logarithm('item', 'price_log', 'log(1 + price), 0 without one', 'price'),
  feature('item', 'clickthrough_rate', 'clicks an impression, 7 days, smoothed towards 5 in 100', 'clicks for each time it was shown'),
  logarithm('user', 'user_events', 'log(1 + interactions kept)', 'what they have done, in all'),
  logarithm('user', 'user_purchases', 'log(1 + purchases ever)', 'what they have bought, in all'),
  logarithm('user', 'user_idle_hours', 'log(1 + hours since the last event)', 'hours since they last did anything'),
  logarithm('user', 'session_events', 'log(1 + events in the session)', 'what they have done in this visit'),
  feature('cross', 'category_affinity', 'share of the user\'s weighted interactions in the item\'s narrowest category', 'share of their interest that its kind has'),
  feature('cross', 'category_affinity_broad', 'the same for its broadest category', 'share of their interest that its broadest category has'),
  feature('cross', 'category_mean', 'the same, mean over all its categories', 'share of their interest that its categories have'),
  feature('cross', 'category_session', 'share of the newest 5 interactions in its narrowest category', 'its kind among the last five they looked at'),
  feature('cross', 'category_last', '1 when the last interaction was in its narrowest category', 'of the same kind as the last they looked at'),
  feature('cross', 'label_affinity', 'share of the user\'s interactions that have each of its tags and attributes, mean', 'share of their interest that its tags and attributes have'),
  feature('cross', 'label_affinity_best', 'the same, the largest', 'share of their interest that its best tag or attribute has'),
  feature('cross', 'price_difference', 'log price less the mean of what the user interacted with', 'dearer or cheaper than what they look at (as a logarithm)'),
  feature('cross', 'price_distance', 'the same without sign, in standard deviations', 'how far its price is from what they look at'),
  logarithm('cross', 'seen_count', 'log(1 + earlier interactions with this item among those kept)', 'times they have looked at it'),
  logarithm('cross', 'seen_hours', 'log(1 + hours since the last of them), 0 without one', 'hours since they looked at it'),
  logarithm('cross', 'shown_count', 'log(1 + times this item was shown since the user last engaged with it)', 'times they were shown it for nothing'),
  logarithm('cross', 'shown_hours', 'log(1 + hours since it was last shown), 0 when it was not', 'hours since they were shown it'),
  feature('context', 'hour_sin', 'sine of the hour of day, UTC', 'hour of day (sine, UTC)'),
  feature('context', 'hour_cos', 'cosine of the hour of day, UTC', 'hour of day (cosine, UTC)'),
  feature('context', 'device_mobile', '1 on a mobile device', 'on a mobile device'),
  feature('context', 'device_desktop', '1 on a desktop', 'on a desktop'),
  feature('context', 'device_tablet', '1 on a tablet', 'on a tablet'),
  feature('context', 'device_tv', '1 on a television', 'on a television'),
  feature('context', 'local_hour_sin', 'sine of the hour of day where the visitor is, UTC when that is not known', 'hour of day where they are (sine)'),
  feature('context', 'local_hour_cos', 'cosine of the same', 'hour of day where they are (cosine)'),
  feature('context', 'weekend', '1 on Saturday and Sunday where the visitor is', 'at the weekend'),
  logarithm('context', 'session_minutes', 'log(1 + minutes since the session began), 0 for a new one', 'minutes of this visit'),
  feature('context', 'session_new', '1 when this visit begins a session: the last event is more than 30 minutes ago, or there is none', 'this visit has just begun'),
  feature('cross', 'taste_score', 'log(1 + 50 × how much all that the user has had speaks for the item, by the ranker\'s own table); 0 without one', 'how well it fits all they have ever liked'),
] as const satisfies readonly RankingFeature[];

export type RankingFeatureName = (typeof RANKING_FEATURES)[number]['name'];

/** All names, in the order of the table. */
export const RANKING_FEATURE_NAMES: readonly RankingFeatureName[] = RANKING_FEATURES.map(({ name }) => name);

const declared = new Map<string, RankingFeature>(RANKING_FEATURES.map((each) => [each.name, each]));

/** What a feature is, for somebody who only wants to know why they see an item. */
export const wordsFor = (name: string): string => declared.get(name)?.words ?? `what the request says: ${name.replace(/^context\./, '')}`;

/** Whether a value is log(1 + what its words say). */
export const isLogarithm = (name: string): boolean => declared.get(name)?.isLogarithm ?? false;
