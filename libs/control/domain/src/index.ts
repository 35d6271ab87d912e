export type {
  ApiKey, Cap, CheckState, Configuration, Exploration, Fill, KeyKind, ModelAlias, ModelCheck, ModelKind, ModelVersion, Placement, PlacementSource, Rule, Shadow, Split, SplitArm, Tenant,
} from './configuration.js';
export { DEFAULT_PLACEMENTS } from './default-placements.js';
export { IDEMPOTENCY, IdempotencyKeys, decide, type IdempotentRequest, type KeptAnswer, type KeptKey, type KeysInUse } from './idempotency.js';
export { addKey, keyHash, keyText, revokeKey } from './keys.js';
export { checkState, deleteAlias, recordChecks, registerModelVersion, rollBackAlias, setAlias, type Pointing } from './models.js';
export { retireVersions } from './retire-versions.js';
export { putPlacement } from './placements.js';
export { ConfigurationRepository, type AuditEntry, type AuditPage, type AuditRecord, type Edit, type Edited, type Who } from './repository.js';
export { putRules, type TenantRules } from './rules.js';
export { deleteShadow, putShadow } from './shadows.js';
export { deleteSplit, putSplit } from './splits.js';
export { createTenant } from './tenants.js';
