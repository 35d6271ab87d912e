import { InMemoryIdempotencyKeys } from './in-memory-idempotency-keys.js';
import { idempotencyKeysConformance } from './idempotency-keys-conformance.js';

idempotencyKeysConformance('in memory', async () => new InMemoryIdempotencyKeys());
