export * from './generated/serendip/features/v1/feature_store_service_pb.js';
export * from './generated/serendip/features/v1/people_service_pb.js';
export * from './generated/serendip/features/v1/rebuild_service_pb.js';
