export { BestEffortQueue, type BestEffortBounds, type BestEffortParts } from './best-effort-queue.js';
export { CallContext } from './call-context.js';
export type { CallOptions, GrpcClient, GrpcClientOptions } from './client-types.js';
export { createGrpcClient } from './grpc-client.js';
export { startGrpcService, type GrpcServer, type GrpcServiceOptions } from './grpc-service.js';
export { Rpc, type Handler, type Handlers } from './rpc.js';
export { onShutdown } from './shutdown.js';
export { newTraceId, traceIdOf } from './trace-id.js';
