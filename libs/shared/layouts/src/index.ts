export { bytesOf, float32sOf, float64sOf, int32sOf, uint16sOf } from './columns.js';
export { HALF_LIVES_MS, decayLoss, decayedLog, decayedValue, logAdd } from './decay.js';
export { engagementWeight, eventTypeCode, eventTypeMask, eventTypeName, type StandardEventType } from './event-types.js';
export {
  ITEM_STATISTICS, ITEM_STATISTICS_WIDTH, STATISTIC_HALF_LIVES_MS, combineStatistics, emptyStatistics, statisticColumn, type ItemStatistic,
} from './item-statistics.js';
export { encodeProfile, profileAttribute, type ProfileValue } from './profile.js';
export { USER_STATE, UserStateView } from './user-state.js';
