export { configurationRepositoryConformance } from './configuration-repository-conformance.js';
export { InMemoryConfiguration } from './in-memory-configuration.js';
export { aBundle, aRule, aSplit, aTenant } from './builders.js';
