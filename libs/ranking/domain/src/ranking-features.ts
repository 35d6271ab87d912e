/** What a ranker can be given, declared once: the trainer, the service and the explanation all read this table. */
export interface RankingFeature {
  readonly name: string;
  readonly entity: 'candidate' | 'item' | 'user' | 'cross' | 'context';
  readonly meaning: string;
}

const feature = <N extends string>(entity: RankingFeature['entity'], name: N, meaning: string) => ({ name, entity, meaning });

/** Every ranking feature, float32 and finite; 0 is the default where nothing is known. */
export const RANKING_FEATURES = [
  feature('candidate', 'retrieval_score', 'score of the retrieval order'),
  feature('candidate', 'personal_score', 'the retriever\'s score for this user, 0 without one'),
  feature('candidate', 'personal_missing', '1 when the retriever has no score'),
  feature('candidate', 'next_score', 'log(1 + score of the next-item neighbours)'),
  feature('item', 'popularity_1d', 'log(1 + engagement decayed with a half-life of 1 day)'),
  feature('item', 'popularity_7d', 'the same with 7 days'),
  feature('item', 'popularity_30d', 'the same with 30 days'),
  feature('item', 'popularity_total', 'log(1 + engagement ever)'),
  feature('item', 'popularity_trend', 'popularity_1d less its share of popularity_7d: rising above 0, falling below'),
  feature('item', 'click_rate', 'clicks a view, 7 days, smoothed'),
  feature('item', 'cart_rate', 'carts a view or click, 7 days, smoothed'),
  feature('item', 'purchase_rate', 'purchases a view or click, 7 days, smoothed'),
  feature('item', 'rating_mean', 'mean rating, smoothed towards 3.5'),
  feature('item', 'rating_count', 'log(1 + ratings)'),
  feature('item', 'negative_rate', 'dislikes and hides a unit of engagement, smoothed'),
  feature('item', 'age_days', 'log(1 + days since it was published), 0 when unknown'),
  feature('item', 'age_unknown', '1 when it has no publication time'),
  feature('item', 'idle_hours', 'log(1 + hours since its last event)'),
  feature('item', 'price_log', 'log(1 + price), 0 without one'),
  feature('item', 'clickthrough_rate', 'clicks an impression, 7 days, smoothed towards 5 in 100'),
  feature('user', 'user_events', 'log(1 + interactions kept)'),
  feature('user', 'user_purchases', 'log(1 + purchases ever)'),
  feature('user', 'user_idle_hours', 'log(1 + hours since the last event)'),
  feature('user', 'session_events', 'log(1 + events in the session)'),
  feature('cross', 'category_affinity', 'share of the user\'s weighted interactions in the item\'s narrowest category'),
  feature('cross', 'category_affinity_broad', 'the same for its broadest category'),
  feature('cross', 'category_mean', 'the same, mean over all its categories'),
  feature('cross', 'category_session', 'share of the newest 5 interactions in its narrowest category'),
  feature('cross', 'category_last', '1 when the last interaction was in its narrowest category'),
  feature('cross', 'label_affinity', 'share of the user\'s interactions that have each of its tags and attributes, mean'),
  feature('cross', 'label_affinity_best', 'the same, the largest'),
  feature('cross', 'price_difference', 'log price less the mean of what the user interacted with'),
  feature('cross', 'price_distance', 'the same without sign, in standard deviations'),
  feature('cross', 'seen_count', 'log(1 + earlier interactions with this item among those kept)'),
  feature('cross', 'seen_hours', 'log(1 + hours since the last of them), 0 without one'),
  feature('cross', 'shown_count', 'log(1 + times this item was shown since the user last engaged with it)'),
  feature('cross', 'shown_hours', 'log(1 + hours since it was last shown), 0 when it was not'),
  feature('context', 'hour_sin', 'sine of the hour of day, UTC'),
  feature('context', 'hour_cos', 'cosine of the hour of day, UTC'),
  feature('context', 'device_mobile', '1 on a mobile device'),
  feature('context', 'device_desktop', '1 on a desktop'),
  feature('context', 'device_tablet', '1 on a tablet'),
  feature('context', 'device_tv', '1 on a television'),
  feature('context', 'local_hour_sin', 'sine of the hour of day where the visitor is, UTC when that is not known'),
  feature('context', 'local_hour_cos', 'cosine of the same'),
  feature('context', 'weekend', '1 on Saturday and Sunday where the visitor is'),
  feature('context', 'session_minutes', 'log(1 + minutes since the session began), 0 for a new one'),
  feature('context', 'session_new', '1 when this visit begins a session: the last event is more than 30 minutes ago, or there is none'),
] as const satisfies readonly RankingFeature[];

export type RankingFeatureName = (typeof RANKING_FEATURES)[number]['name'];

/** All names, in the order of the table. */
export const RANKING_FEATURE_NAMES: readonly RankingFeatureName[] = RANKING_FEATURES.map(({ name }) => name);

const meanings = new Map<string, string>(RANKING_FEATURES.map(({ name, meaning }) => [name, meaning]));

/** What a feature is, for a person. */
export const meaningOf = (name: string): string => meanings.get(name) ?? `what the request says: ${name.replace(/^context\./, '')}`;
