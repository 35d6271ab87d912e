export { configurationRepositoryConformance } from './configuration-repository-conformance.js';
export { InMemoryConfiguration } from './in-memory-configuration.js';
export { aBundle, aRule, aSplit, aTenant, allChecked, someChecks } from './builders.js';
export { idempotencyKeysConformance } from './idempotency-keys-conformance.js';
export { InMemoryIdempotencyKeys } from './in-memory-idempotency-keys.js';
