export type {
  ApiKey, AuditEntry, Configuration, KeyKind, ModelAlias, ModelKind, ModelVersion, Placement, PlacementSource, Split, SplitArm, Tenant,
} from './configuration.js';
export { DEFAULT_PLACEMENTS } from './default-placements.js';
export { keyHash, keyText } from './keys.js';
export { ConfigurationRepository, ConfigurationWriter, type Change } from './repository.js';
export { checkAliasName, checkModelName, checkPlacement, checkSplit, checkTenantId } from './rules.js';
