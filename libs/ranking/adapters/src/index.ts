export { LiveRankers, type LiveRankersOptions, type LoadedRanker } from './live-rankers.js';
export { graphFiles, loadRanker, type LoadRankerOptions } from './load-ranker.js';
export { RankerGraph, type RankerShape } from './ranker-graph.js';
export { readTaste, tasteFiles } from './taste-files.js';
