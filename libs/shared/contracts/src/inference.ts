export * from './generated/inference/inference_pb.js';
