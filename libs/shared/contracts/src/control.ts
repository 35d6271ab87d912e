export * from './generated/serendip/control/v1/config_pb.js';
export * from './generated/serendip/control/v1/control_service_pb.js';
