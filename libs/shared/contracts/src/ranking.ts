export * from './generated/serendip/ranking/v1/ranking_service_pb.js';
