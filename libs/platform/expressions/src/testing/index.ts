export { NOW, randomBoost, randomFacts, randomFilter, randomItem, schema, type RandomItem } from './random-expressions.js';
