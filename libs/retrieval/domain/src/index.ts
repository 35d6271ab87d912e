export { LagFilterEncoder, lagFilterEpsilon, type LagFilterWeights } from './encoders/lag-filter.js';
export { NeighbourScorer, type NeighbourScorerOptions, type NeighbourScores, type NeighbourTable } from './encoders/neighbours.js';
