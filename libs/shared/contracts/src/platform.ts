export * from './generated/serendip/platform/v1/exchange_service_pb.js';
