export { configurationRepositoryConformance } from './configuration-repository-conformance.js';
export { InMemoryConfiguration } from './in-memory-configuration.js';
export { aBundle, aSplit, aTenant } from './builders.js';
