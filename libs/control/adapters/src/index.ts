export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/embedded-postgres.js';
export { PostgresConfigurationRepository } from './postgres-configuration-repository.js';
export { PostgresDatabase } from './postgres-database.js';
export { PostgresIdempotencyKeys } from './postgres-idempotency-keys.js';
