export * from './generated/serendip/training/v1/dataset_service_pb.js';
export * from './generated/serendip/training/v1/trainer_service_pb.js';
