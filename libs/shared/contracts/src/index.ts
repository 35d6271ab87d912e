export * as control from './control.js';
export * as events from './events.js';
export * as features from './features.js';
export * as ranking from './ranking.js';
export * as retrieval from './retrieval.js';
export * as training from './training.js';
export { create, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
export type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
export { methodDefinition, packageDefinition, serviceDefinition, type RpcDefinition } from './service-definition.js';
