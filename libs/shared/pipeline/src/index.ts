export { AskingTime, type AskingTimeOptions } from './asking-time.js';
export { descendingOrder } from './descending-order.js';
export { NOTHING, byScore, countAlive, mergeFound, type Candidates, type Found } from './candidates.js';
export { choose, execute, finish, hydrate } from './execute.js';
export type { Clock } from './runner.js';
export type {
  Arranger, Context, Degradation, Filter, Hydrator, LateCheck, Pipeline, Scorer, Selected, Selector, SideEffect, Slate, Source, Stage, StageReport,
} from './stages.js';
