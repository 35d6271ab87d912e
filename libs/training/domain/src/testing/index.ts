export { clickedGroups, type ClickedGroupsOptions } from './clicked-groups.js';
export { gradientError } from './gradient-check.js';
export { markovSequences, type MarkovOptions } from './markov-sequences.js';
