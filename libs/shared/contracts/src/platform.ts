export * from './generated/serendip/platform/v1/exchange_pb.js';
