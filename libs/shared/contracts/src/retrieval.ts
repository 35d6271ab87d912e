export * from './generated/serendip/retrieval/v1/embedding_service_pb.js';
