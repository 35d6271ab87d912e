export * from './generated/serendip/events/v1/event_pb.js';
export * from './generated/serendip/events/v1/ingestion_service_pb.js';
